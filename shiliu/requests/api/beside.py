"""What stands beside a request in the JSON API: milestones, photos, voice notes."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from shiliu.core import pictures, sounds
from shiliu.requests import case, joint
from shiliu.requests.api.bodies import user_of
from shiliu.requests.models import Request

router = Router()


class MilestoneOut(Schema):
    name: str = Field(description="What the step `reach` takes as `milestone`; else empty.")
    title: str
    due_at: datetime
    met_at: datetime | None


class MilestonesOut(Schema):
    items: list[MilestoneOut]


class FileOut(Schema):
    """A photo or a voice note. Its address takes the same token."""

    code: str
    url: str
    message: str | None = Field(description="Code of the message that it came with.")


class PhotoOut(FileOut):
    taken: str = Field(description="asked: with the request; added: later; done: with the report.")
    width: int
    height: int


class PhotosOut(Schema):
    items: list[PhotoOut]


class RecordingOut(FileOut):
    seconds: int


class RecordingsOut(Schema):
    items: list[RecordingOut]


@router.get("/requests/{code}/milestones", response=MilestonesOut, summary="Its further deadlines")
def milestones(request: HttpRequest, code: str) -> MilestonesOut:
    """The first due first. The step `reach` marks those of the category's own."""
    rows = case.find(user_of(request), code).milestones.all()
    items = [MilestoneOut(name=it.name, title=it.title, due_at=it.due_at, met_at=it.met_at) for it in rows]
    return MilestonesOut(items=items)


@router.get("/requests/{code}/photos", response=PhotosOut, summary="Its photos")
def photos(request: HttpRequest, code: str) -> PhotosOut:
    """`url` gives the picture; with `?small=true` a small one."""
    return _photos(request, case.find(user_of(request), code))


@router.get("/requests/{code}/photos/{photo}", summary="A photo, as JPEG")
def photo(request: HttpRequest, code: str, photo: str, small: bool = False) -> HttpResponse:
    return _picture(case.find(user_of(request), code), photo, small)


@router.get("/parts/{part}/photos", response=PhotosOut, summary="The photos of a part's request")
def part_photos(request: HttpRequest, part: str) -> PhotosOut:
    """For whoever was asked to join in."""
    return _photos(request, joint.find(user_of(request), part).request)


@router.get("/parts/{part}/photos/{photo}", summary="One of them, as JPEG")
def part_photo(request: HttpRequest, part: str, photo: str, small: bool = False) -> HttpResponse:
    return _picture(joint.find(user_of(request), part).request, photo, small)


def _photos(request: HttpRequest, subject: Request) -> PhotosOut:
    items = [
        PhotoOut(
            code=it.code,
            url=f"{request.path}/{it.code}",
            message=it.message.code if it.message else None,
            taken=it.taken,
            width=it.width,
            height=it.height,
        )
        for it in subject.photos.select_related("message")
    ]
    return PhotosOut(items=items)


def _picture(subject: Request, code: str, small: bool) -> HttpResponse:
    found = case.photo(subject, code)
    return pictures.answer(found.thumbnail if small else found.picture, f"{found.code}.jpg")  # type: ignore[return-value]


@router.get("/requests/{code}/recordings", response=RecordingsOut, summary="Its voice notes")
def recordings(request: HttpRequest, code: str) -> RecordingsOut:
    subject = case.find(user_of(request), code)
    items = [
        RecordingOut(
            code=it.code,
            url=f"{request.path}/{it.code}",
            message=it.message.code if it.message else None,
            seconds=it.seconds,
        )
        for it in subject.recordings.select_related("message")
    ]
    return RecordingsOut(items=items)


@router.get("/requests/{code}/recordings/{recording}", summary="A voice note, as Ogg")
def recording(request: HttpRequest, code: str, recording: str) -> HttpResponse:
    found = case.recording(case.find(user_of(request), code), recording)
    return sounds.answer(request, found.sound, f"{found.code}.ogg")
