"""Input that somebody made to do harm, or that a paste went wrong with."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from articles.models import Article, Person, Photo
from tests.factories import make_article, make_organisation, make_person
from tests.test_admin import add_quote, change_page, form_data, preview_page

pytestmark = pytest.mark.django_db

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}"


def test_half_characters_become_whole_ones(desk):
    article = make_article(status="draft")
    data = form_data(desk.get(change_page(article)))
    head = '--boundary\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    parts = [
        (head % name).encode()
        + (b"half \xed\xa0\x80 a character" if name == "headline" else value.encode())
        + b"\r\n"
        for name, value in data.items()
        if isinstance(value, str)
    ]
    response = desk.generic(
        "POST",
        change_page(article),
        b"".join(parts) + b"--boundary--\r\n",
        "multipart/form-data; boundary=boundary",
    )
    assert response.status_code == 302
    assert Article.objects.get().headline.startswith("half")


def test_half_characters_and_control_characters_do_not_reach_the_database():
    person = make_person(name="A\ud800B\0C\u202eD\x08")
    assert Person.objects.get(pk=person.pk).name == "ABCD"


@pytest.mark.parametrize(
    "value", [SCRIPT, "a\0b", "\u202e" + "x" * 90, "x" * 100_000], ids=str.__len__
)
def test_every_field_of_the_story_takes_hostile_text_or_says_why_not(desk, value):
    article = make_article(status="draft", published_at=None)
    speaker = make_person()
    data = form_data(desk.get(change_page(article)))
    texts = {
        name
        for name, field in desk.get(change_page(article))
        .context["adminform"]
        .form.fields.items()
        if hasattr(field, "max_length")
    }
    data |= dict.fromkeys(texts - {"slug", "language"}, value)
    data = add_quote(
        data,
        words=value,
        role=value,
        translator=value,
        original_words=value,
        original_language="en",
        speaker=speaker.pk,
    )
    data |= {
        "sources-TOTAL_FORMS": "1",
        "sources-0-kind": "wire_copy",
        "sources-0-publisher": value,
        "sources-0-text": value,
    }
    response = desk.post(change_page(article), data)
    assert response.status_code in (200, 302)
    if response.status_code == 200:
        assert response.context["errors"]
    for address in [change_page(article), preview_page(article)]:
        page = desk.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "1414" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/?before=%00",
        "/?older=garbage&newer=%ff%fe",
        "/people/?older=%00",
        "/people/%00/",
        "/people/a%2Fb/",
        "/quotes/not-a-uuid/",
        "/quotes/?older=WzFd",
        "/2016/13/",
        "/2016/02/31/",
        "/0000/00/00/x/",
        "/9999/12/31/",
        "/2016/02/08/%E2%80%AE/",
        "/2999/12/31/",
        "/sections/" + "x" * 5000 + "/",
        "/preview/999999999999999999999999999/",
    ],
)
def test_a_hostile_address_is_no_error_of_ours(client, address, tass):
    assert client.get(address).status_code in (200, 404)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/articles/article/?q=%00",
        "/admin/articles/article/?q=" + "x" * 5000,
        "/admin/articles/article/?status__exact=%00",
        "/admin/articles/person/?q='%22;--",
        "/admin/articles/quote/?o=99.-99",
        "/admin/autocomplete/?term=%00&app_label=articles&model_name=quote"
        "&field_name=speaker",
    ],
)
def test_a_hostile_search_at_the_desk_is_no_error_either(desk, address, tass):
    assert desk.get(address).status_code in (200, 302)


@pytest.mark.parametrize(
    "content",
    [
        b"not a picture",
        b"<svg xmlns='x'><script>1</script></svg>",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_a_file_that_is_no_picture_is_refused_with_a_sentence(desk, content):

    address = reverse("admin:articles_photo_add")
    data = form_data(desk.get(address), slug="x", caption="Caption", credit="Credit")
    data["image"] = SimpleUploadedFile("x.png", content, "image/png")
    text = desk.post(address, data).content.decode()
    assert "Save it as JPEG" in text or "Send it again as JPEG" in text
    assert not Photo.objects.exists()


def test_a_picture_that_is_cut_short_is_refused_with_a_sentence(desk):
    whole = BytesIO()
    Image.effect_noise((400, 400), 50).save(whole, "JPEG")
    address = reverse("admin:articles_photo_add")
    data = form_data(desk.get(address), slug="x", caption="Caption", credit="Credit")
    half = whole.getvalue()[: len(whole.getvalue()) // 2]
    data["image"] = SimpleUploadedFile("x.jpg", half, "image/jpeg")
    assert "cut short" in desk.post(address, data).content.decode()
    assert not Photo.objects.exists()


@pytest.mark.parametrize("slug", ["a/b", "a b", "\u202e", "a\0b"])
def test_a_slug_that_no_address_can_carry_is_kept_out_past_every_form(slug):
    with pytest.raises(ValidationError):
        make_organisation(slug=slug)


def test_a_request_beyond_all_limits_is_answered_by_a_page_of_ours(desk, settings):
    article = make_article(status="draft")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = desk.post(
        change_page(article),
        "body=" + "x" * 2000,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400
    assert "<h1" in response.content.decode()
