"""The scopes of each role."""

from services.contracts.roles import ROLE_SCOPES, Role, Scope, scopes_of
from services.contracts.routes import ROUTES


def test_every_scope_belongs_to_a_route_and_a_role() -> None:
    used = {scope for route in ROUTES for scope in route.scopes}
    assert used == set(Scope) == set().union(*ROLE_SCOPES.values())


def test_scopes_of_several_roles_are_their_union() -> None:
    assert set(scopes_of(["DOCTOR", Role.PATIENT])) == {
        str(scope) for scope in ROLE_SCOPES[Role.DOCTOR] | ROLE_SCOPES[Role.PATIENT]
    }
    assert scopes_of([]) == ()
    assert "users:write" not in scopes_of([Role.STAFF, Role.DOCTOR, Role.PATIENT])
