from django.urls import path

from shiliu.figures.charts import views

app_name = "charts"
urlpatterns = [
    path("", views.page, name="page"),
    path("<str:key>/<str:form>/", views.file, name="file"),
]
