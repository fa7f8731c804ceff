"""Managing people, for whoever has accounts.manage_people."""

from django.urls import path

from accounts import session_views
from accounts.people import pending_views, views

urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("invite/", views.person_invite, name="person-invite"),
    path("pending/<int:number>/confirm/", pending_views.pending_confirm, name="pending-confirm"),
    path("pending/<int:number>/drop/", pending_views.pending_drop, name="pending-drop"),
    path("<int:person_id>/", views.person_detail, name="person-detail"),
    path("<int:person_id>/link/", views.person_link, name="person-link"),
    path("<int:person_id>/second-factor/reset/", views.person_factors_reset, name="person-factors-reset"),
    path("<int:person_id>/activate/", views.person_activate, name="person-activate"),
    path("<int:person_id>/deactivate/", views.person_deactivate, name="person-deactivate"),
    path("<int:person_id>/sessions/end/", views.person_sessions_end, name="person-sessions-end"),
    path("<int:person_id>/sessions/<uuid:mark>/end/", session_views.person_session_end, name="person-session-end"),
]
