"""What the migrations that it replaces come to, made at once: with nothing on record their steps change nothing."""

import django.db.models.deletion
import django.db.models.functions.text
import shiliu.channel.blocks
import shiliu.channel.models.groups
import shiliu.core.fields
import shiliu.core.languages
import shiliu.core.receipts
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('channel', '0001_initial'), ('channel', '0002_links_and_reads_of_groups'), ('channel', '0003_languages'), ('channel', '0004_deliveries'), ('channel', '0005_bodies_reviews_corrections'), ('channel', '0006_reads_counted_and_official')]

    initial = True

    dependencies = [
        ('grid', '0003_joint_unit_worker'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
            ],
            options={
                'verbose_name': 'channel',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ArticlePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('published_on', models.DateField(verbose_name='published on')),
                ('summary', models.CharField(blank=True, max_length=300, verbose_name='summary')),
                ('body', wagtail.fields.StreamField([('paragraph', 0), ('text', 1), ('picture', 5), ('gallery', 8), ('quotation', 11), ('table', 13), ('audio', 17), ('video', 19), ('attachment', 21), ('policy', 23), ('activity', 23), ('category', 23), ('works', 23), ('solved', 25), ('figure', 29)], blank=True, block_lookup={0: ('wagtail.blocks.TextBlock', (), {'icon': 'pilcrow', 'label': 'paragraph', 'template': 'channel/blocks/paragraph.html'}), 1: ('shiliu.channel.blocks.TextBlock', (), {}), 2: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'picture'}), 3: ('wagtail.blocks.CharBlock', (), {'help_text': 'One sentence: what somebody would miss who cannot see the picture.', 'label': 'what it shows, for those who do not see it', 'max_length': 250}), 4: ('wagtail.blocks.CharBlock', (), {'label': 'caption', 'max_length': 250, 'required': False}), 5: ('wagtail.blocks.StructBlock', [[('image', 2), ('alt', 3), ('caption', 4)]], {}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'title', 'max_length': 120, 'required': False}), 7: ('wagtail.blocks.ListBlock', (5,), {'label': 'pictures', 'max_num': 30, 'min_num': 2}), 8: ('wagtail.blocks.StructBlock', [[('title', 6), ('pictures', 7)]], {}), 9: ('wagtail.blocks.TextBlock', (), {'label': 'words', 'max_length': 2000}), 10: ('wagtail.blocks.CharBlock', (), {'label': 'who says it, and where', 'max_length': 200}), 11: ('wagtail.blocks.StructBlock', [[('text', 9), ('source', 10)]], {}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'words', 'max_length': 500, 'required': False}), 13: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 12)]], {}), 14: ('wagtail.blocks.CharBlock', (), {'label': 'title', 'max_length': 120}), 15: ('wagtail.blocks.TextBlock', (), {'help_text': 'For those who do not hear or see it, and for those without data to spare.', 'label': 'what is said and shown, in words', 'max_length': 20000}), 16: ('shiliu.channel.blocks.FileBlock', ('audio',), {'label': 'sound file'}), 17: ('wagtail.blocks.StructBlock', [[('title', 14), ('transcript', 15), ('file', 16)]], {}), 18: ('shiliu.channel.blocks.FileBlock', ('video',), {'label': 'video file'}), 19: ('wagtail.blocks.StructBlock', [[('title', 14), ('transcript', 15), ('file', 18)]], {}), 20: ('shiliu.channel.blocks.FileBlock', ('attachment',), {'label': 'file'}), 21: ('wagtail.blocks.StructBlock', [[('title', 14), ('file', 20)]], {}), 22: ('wagtail.blocks.CharBlock', (), {'label': 'code', 'max_length': 60}), 23: ('wagtail.blocks.StructBlock', [[('code', 22)]], {'group': 'cards'}), 24: ('wagtail.blocks.CharBlock', (), {'help_text': 'The 13 letters and digits in the address of its public page.', 'label': 'public number', 'max_length': 60}), 25: ('wagtail.blocks.StructBlock', [[('code', 24)]], {'group': 'cards'}), 26: ('wagtail.blocks.ChoiceBlock', [], {'choices': shiliu.channel.blocks.figure_choices, 'label': 'figure'}), 27: ('wagtail.blocks.CharBlock', (), {'help_text': "As in the report's address, such as 2023H1 or 2023-05. Empty: this year.", 'label': 'period', 'max_length': 30, 'required': False}), 28: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the whole town.', 'label': "area's code", 'max_length': 15, 'required': False}), 29: ('wagtail.blocks.StructBlock', [[('code', 26), ('period', 27), ('area', 28)]], {'group': 'cards'})}, verbose_name='text')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('language', models.CharField(choices=shiliu.core.languages.choices, default='zh-Hans', max_length=12, verbose_name='language')),
                ('original', models.ForeignKey(blank=True, help_text='The article in the language in which it was written; empty if this is it.', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='translations', to='channel.articlepage', verbose_name='translation of')),
                ('to_groups', models.BooleanField(default=True, help_text='Whether it is sent into the grid groups of its area when it is first published.', verbose_name='into the grid groups')),
                ('correction', models.CharField(blank=True, help_text="One sentence for readers, needed when the title or the text of a published article changes. It stands at the article's foot for good. Not needed where only spaces or signs are written otherwise.", max_length=300, verbose_name='what was corrected')),
            ],
            options={
                'verbose_name': 'article',
                'indexes': [models.Index(fields=['-published_on', '-page_ptr'], name='articles_newest')],
                'constraints': [models.UniqueConstraint(fields=('original', 'language'), name='translated_once_into_a_language', violation_error_message='That article has a translation into this language already. Correct that one instead.'), models.CheckConstraint(condition=models.Q(('original', None), models.Q(('original', models.F('page_ptr')), _negated=True), _connector='OR'), name='translation_of_another')],
            },
            bases=('wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='ColumnPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('opened_on', models.DateField(verbose_name='opened on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('to_groups', models.BooleanField(default=True, help_text='Whether the articles of this column are sent into the grid groups when published.', verbose_name='into the grid groups')),
                ('told_on', models.DateField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'column',
            },
            bases=('wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='GridGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=shiliu.core.receipts.new, max_length=40, unique=True, verbose_name='code')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('service', models.CharField(choices=[('wechat', 'WeChat'), ('wecom', 'WeCom'), ('dingtalk', 'DingTalk'), ('feishu', 'Feishu'), ('other', 'other')], default='wechat', max_length=10, verbose_name='service')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('link', models.CharField(default=shiliu.channel.models.groups.new_link, editable=False, max_length=12, unique=True, verbose_name='code in links')),
            ],
            options={
                'verbose_name': 'grid group',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='grid_group_dates', violation_error_message='The last day is before the first one.')],
            },
        ),
        migrations.CreateModel(
            name='GroupSize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('day', models.DateField(verbose_name='day')),
                ('members', models.PositiveIntegerField(verbose_name='members')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sizes', to='channel.gridgroup')),
            ],
            options={
                'verbose_name': 'members of a group',
                'constraints': [models.UniqueConstraint(fields=('group', 'day'), name='group_size_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Reads',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('day', models.DateField(verbose_name='day')),
                ('source', models.CharField(choices=[('own', 'own page'), ('official', 'official account'), ('group', 'group link')], max_length=10, verbose_name='source')),
                ('reads', models.PositiveIntegerField(verbose_name='reads')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reads', to='channel.articlepage')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reads', to='channel.gridgroup', verbose_name='grid group')),
            ],
            options={
                'verbose_name': 'reads of an article',
                'indexes': [models.Index(fields=['town', 'day', 'id'], name='reads_by_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('group', None)), fields=('article', 'day', 'source'), name='reads_once_a_day'), models.UniqueConstraint(condition=models.Q(('group__isnull', False)), fields=('article', 'day', 'group'), name='reads_once_a_day_and_group'), models.CheckConstraint(condition=models.Q(('group', None), ('source', 'group'), _connector='OR'), name='reads_of_group_by_its_link')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='message', serialize=False, to='channel.articlepage')),
                ('text', models.TextField()),
                ('prepared_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'message to the groups',
            },
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('vendor', models.CharField(choices=[('wecom', 'WeCom'), ('dingtalk', 'DingTalk'), ('feishu', 'Feishu')], max_length=10, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('failures', models.PositiveIntegerField(default=1)),
                ('next_at', models.DateTimeField()),
                ('fault', models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='Bot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('vendor', models.CharField(choices=[('wecom', 'WeCom'), ('dingtalk', 'DingTalk'), ('feishu', 'Feishu')], max_length=10, verbose_name='service')),
                ('address', shiliu.core.fields.EncryptedTextField(blank=True, verbose_name='address of the bot')),
                ('pace', models.CharField(editable=False, max_length=32)),
                ('set_on', models.DateField(verbose_name='set on')),
                ('paused_until', models.DateTimeField(editable=False, null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='bot', to='channel.gridgroup')),
            ],
            options={
                'verbose_name': 'bot of a group',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=shiliu.core.receipts.new, max_length=40, unique=True, verbose_name='code')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('state', models.CharField(choices=[('prepared', 'waits'), ('sending', 'is being sent'), ('sent', 'sent by the bot'), ('posted', 'posted by hand'), ('failed', 'could not be sent'), ('unclear', 'unclear, look into the group'), ('withdrawn', 'withdrawn')], default='prepared', max_length=10, verbose_name='state')),
                ('by_bot', models.BooleanField(default=False, verbose_name='by the bot')),
                ('made_at', models.DateTimeField(verbose_name='prepared on')),
                ('next_at', models.DateTimeField(editable=False, null=True)),
                ('claimed_at', models.DateTimeField(editable=False, null=True)),
                ('arrived_at', models.DateTimeField(blank=True, null=True, verbose_name='arrived on')),
                ('tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('pieces', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('fault', models.CharField(blank=True, max_length=80, verbose_name='fault')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='channel.gridgroup')),
                ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='channel.message')),
            ],
            options={
                'verbose_name': 'delivery to a group',
                'indexes': [models.Index(condition=models.Q(('state__in', ['prepared', 'sending', 'failed', 'unclear'])), fields=['town', 'made_at', 'id'], name='delivery_of_town'), models.Index(condition=models.Q(('state__in', ['prepared', 'sending', 'failed', 'unclear'])), fields=['village', 'made_at', 'id'], name='delivery_of_village'), models.Index(condition=models.Q(('state__in', ['prepared', 'sending', 'failed', 'unclear'])), fields=['area', 'made_at', 'id'], name='delivery_of_grid'), models.Index(condition=models.Q(('by_bot', True), ('state', 'prepared')), fields=['next_at', 'id'], name='delivery_for_bot')],
                'constraints': [models.UniqueConstraint(fields=('message', 'group'), name='delivery_once_a_group'), models.CheckConstraint(condition=models.Q(models.Q(('arrived_at__isnull', False), ('state__in', ['sent', 'posted'])), models.Q(models.Q(('state__in', ['sent', 'posted']), _negated=True), ('arrived_at', None)), _connector='OR'), name='delivery_arrived_with_time')],
            },
        ),
        migrations.CreateModel(
            name='ReviewTask',
            fields=[
                ('task_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.task')),
                ('stage', models.CharField(choices=[('first', 'first review'), ('second', 'second review'), ('final', 'final review')], max_length=10, unique=True, verbose_name='review')),
            ],
            options={
                'verbose_name': 'review of articles',
            },
            bases=('wagtailcore.task',),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveBigIntegerField(verbose_name='version')),
                ('day', models.DateField(verbose_name='day')),
                ('sentence', models.CharField(max_length=300, verbose_name='what was corrected')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='channel.articlepage')),
            ],
            options={
                'verbose_name': 'correction',
                'ordering': ['-day', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('article', 'revision'), name='correction_of_version')],
            },
        ),
        migrations.CreateModel(
            name='CountedBatch',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='OfficialFetch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('at', models.DateTimeField()),
                ('articles', models.PositiveIntegerField(default=0, verbose_name='articles')),
                ('error', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='PagesState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='OfficialArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=shiliu.core.receipts.new, max_length=40, unique=True, verbose_name='code')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('town', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 9), output_field=models.CharField(max_length=9))),
                ('village', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('area', 1, 12), output_field=models.CharField(max_length=12))),
                ('msgid', models.CharField(max_length=60, unique=True, verbose_name='number at the official account')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title there')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='address there')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.area', to_field='code', verbose_name='area')),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='official', to='channel.articlepage', verbose_name='our article')),
            ],
            options={
                'verbose_name': 'article at the official account',
                'indexes': [models.Index(condition=models.Q(('article', None)), fields=['-id'], name='official_unmatched')],
            },
        ),
        migrations.CreateModel(
            name='OfficialDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('readers', models.PositiveIntegerField(verbose_name='readers')),
                ('official', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='channel.officialarticle')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('official', 'day'), name='official_once_a_day')],
            },
        ),
    ]
