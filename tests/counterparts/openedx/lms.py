"""Open edX's own LTI code as a small LMS over HTTP, run by its own interpreter: ``lms.py PORT FOLDER TOOL LEARNERS``.

What is Open edX's stays Open edX's: login, launch, deep linking, tokens, line items, scores, results, roster, keys.
Written here is only what the code asks its platform for (``compat``): courses, members, blocks, a gradebook; and a
few addresses under ``/test`` by which a test plays Studio, a learner's click and a look into the gradebook.
"""

import sys
import uuid
from pathlib import Path
from types import SimpleNamespace

import django
from django.conf import settings

PORT, FOLDER, TOOL, LEARNERS = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
HOME = f"http://127.0.0.1:{PORT}"
COURSE = "course-v1:SEU+Oneday+October"
settings.configure(
    SECRET_KEY="a key for tests",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "openedx.sqlite3"}},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "config_models", "lti_consumer"],
    MIDDLEWARE=["edx_django_utils.cache.middleware.RequestCacheMiddleware", f"{__name__}.signed_in"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USAGE_ID_PATTERN=r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))",
    LMS_ROOT_URL=HOME,
    PLATFORM_NAME="Open edX of the tests",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import include, path
from lti_consumer import api, models
from lti_consumer.data import Lti1p3LaunchData
from lti_consumer.plugin import compat
from lti_consumer.utils import get_lti_ags_lineitems_url
from opaque_keys.edx.keys import CourseKey, UsageKey

GRADES = {}


def signed_in(answer):
    """Give each request the author of the course as its user, as Studio's and the courses' sessions would."""

    def answered(request):
        request.user = User.objects.filter(is_staff=True).first()
        return answer(request)

    return answered


def outside(user):
    """Return the id by which a person is known to tools."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{HOME}/{user.username}"))


def role_of(user):
    return "instructor" if user.is_staff else "student"


class Block:
    """A placed LTI component of a course, as far as the LTI code asks for it."""

    has_score, accept_grades_past_due, weight = True, False, 1.0
    lti_1p3_passport_id = display_name = context_id = ""

    def __init__(self, location):
        self.scope_ids = SimpleNamespace(usage_id=location)

    def is_past_due(self):
        return False

    def max_score(self):
        return self.weight

    def set_user_module_score(self, user, score, maximum, comment=""):
        GRADES.setdefault(str(self.scope_ids.usage_id), {})[user.username] = {
            "score": score,
            "maximum": maximum,
            "comment": comment,
        }


def member(user):
    return {"id": user.id, "email": user.email, "name": user.get_full_name(), "roles": [role_of(user)]}


compat.load_enough_xblock = compat.load_block_as_user = Block
compat.user_has_studio_write_access = compat.user_course_access = compat.user_has_access = lambda *_, **__: True
compat.get_course_by_id = lambda _course: None
compat.get_course_members = lambda _course: {user.id: member(user) for user in User.objects.filter(is_active=True)}
compat.batch_get_or_create_externalids = lambda users: {
    user.id: SimpleNamespace(external_user_id=outside(user)) for user in users.prefetch_related(None)
}
compat.get_user_from_external_user_id = lambda name: next(u for u in User.objects.all() if outside(u) == name)


def place(request):
    """Add a component to the course, as Studio does; ``passport`` is an older one's, to share its client id."""
    name = request.GET["name"]
    shared = models.Lti1p3Passport.objects.filter(lti_1p3_client_id=request.GET.get("client")).first()
    passport = shared or models.Lti1p3Passport.objects.create(name=name, lti_1p3_tool_keyset_url=f"{TOOL}/lti/jwks")
    made = models.LtiConfiguration.objects.create(
        version="lti_1p3",
        config_store="CONFIG_ON_DB",
        location=UsageKey.from_string(f"block-v1:SEU+Oneday+October+type@lti_consumer+block@{name}"),
        lti_1p3_passport=passport,
        lti_1p3_oidc_url=f"{TOOL}/lti/login",
        lti_1p3_launch_url=f"{TOOL}/lti/launch",
        lti_advantage_enable_nrps=True,
        lti_advantage_deep_linking_enabled=True,
        lti_advantage_deep_linking_launch_url=f"{TOOL}/lti/launch",
        lti_advantage_ags_mode=request.GET.get("grades", "programmatic"),
    )
    shown = api.get_lti_1p3_launch_info(launch_data(made, User.objects.first()))
    return JsonResponse({**shown, "issuer": HOME, "location": str(made.location), "config": str(made.config_id)})


def launch_data(config, user, **more):
    return Lti1p3LaunchData(
        user_id=user.id,
        external_user_id=outside(user),
        user_role=role_of(user),
        config_id=config.config_id,
        resource_link_id=str(config.location),
        name=user.get_full_name(),
        email=user.email,
        context_id=COURSE,
        context_type=["course_offering"],
        context_title="October Friday - Oneday",
        context_label="Oneday",
        launch_presentation_document_target="iframe",
        **more,
    )


def click(request):
    """Begin a launch as a click in the course does, or open the picker with ``pick``."""
    config = models.LtiConfiguration.objects.get(config_id=request.GET["config"])
    data = launch_data(config, User.objects.get(username=request.GET["user"]))
    if "pick" in request.GET:
        return HttpResponseRedirect(api.get_lti_1p3_launch_start_url(data, deep_link_launch=True))
    return HttpResponseRedirect(api.get_lti_1p3_content_url(data))


def gradebook(request):
    """Show what the gradebook got, the line items with their scores, and who is who for tools."""
    items = [
        {
            "component": str(item.lti_configuration.location),
            "url": get_lti_ags_lineitems_url(item.lti_configuration.id, item.id),
            "resource": item.resource_id,
            "tag": item.tag,
            "label": item.label,
            "maximum": item.score_maximum,
            "scores": {
                score.user_id: [score.score_given, score.score_maximum, score.grading_progress, score.comment]
                for score in item.scores.all()
            },
        }
        for item in models.LtiAgsLineItem.objects.order_by("id")
    ]
    people = {user.username: outside(user) for user in User.objects.all()}
    return JsonResponse({"grades": GRADES, "items": items, "outside": people})


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
    path("test/place", place),
    path("test/click", click),
    path("test/grades", gradebook),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    people = [
        ("farid", "Farid", "Farooqi"),
        *((f"l{number}", "Learner", f"No {number}") for number in range(1, LEARNERS + 1)),
    ]
    User.objects.bulk_create(
        User(username=name, email=f"{name}@openedx.example", first_name=first, last_name=last, is_staff=name == "farid")
        for name, first, last in people
    )
    models.CourseAllowPIISharingInLTIFlag.objects.create(course_id=CourseKey.from_string(COURSE), enabled=True)
    server = ThreadedWSGIServer(("127.0.0.1", PORT), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
    server.serve_forever()
