"""Signs in with Authlib: prints the authorization URL, reads the redirect URI, prints the results."""
import json
import os
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url

issuer, client_id, redirect_uri = sys.argv[1:]
metadata = OpenIDProviderMetadata(requests.get(get_well_known_url(issuer, external=True)).json())
# The other checks require https URLs, which a loopback server does not have.
for part in ("response_types", "response_modes", "grant_types", "subject_types", "id_token_signing_alg_values", "claims"):
    getattr(metadata, f"validate_{part}_supported")()
metadata.validate_token_endpoint_auth_methods_supported()
metadata.validate_code_challenge_methods_supported()

session = OAuth2Session(
    client_id,
    os.environ["CLIENT_SECRET"],
    scope="openid profile email",
    redirect_uri=redirect_uri,
    code_challenge_method="S256",
    revocation_endpoint_auth_method="client_secret_basic",
)
nonce, verifier = generate_token(), generate_token(48)
address, state = session.create_authorization_url(metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier)
print(address, flush=True)

token = session.fetch_token(
    metadata["token_endpoint"], authorization_response=sys.stdin.readline().strip(), code_verifier=verifier, state=state
)
keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"]).json())
options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
params = {"nonce": nonce, "client_id": client_id, "access_token": token["access_token"]}
claims = jwt.decode(token["id_token"], keys, claims_cls=CodeIDToken, claims_options=options, claims_params=params)
claims.validate()

userinfo = session.get(metadata["userinfo_endpoint"]).json()
session.refresh_token(metadata["token_endpoint"])
refreshed = session.get(metadata["userinfo_endpoint"]).json()
introspected = session.introspect_token(metadata["introspection_endpoint"], session.token["access_token"]).json()
session.revoke_token(metadata["revocation_endpoint"], session.token["refresh_token"])
revoked = session.get(metadata["userinfo_endpoint"]).status_code
results = {"claims": claims, "userinfo": userinfo, "refreshed": refreshed, "introspected": introspected, "revoked": revoked}
print(json.dumps(results), flush=True)
