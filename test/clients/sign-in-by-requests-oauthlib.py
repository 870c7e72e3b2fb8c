"""Signs in with requests-oauthlib: prints the authorization URL, reads the redirect URI, prints the results."""
import json
import os
import sys

import requests
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

issuer, client_id, redirect_uri = sys.argv[1:]
secret = os.environ["CLIENT_SECRET"]
metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()

session = OAuth2Session(client_id, redirect_uri=redirect_uri, scope=["openid", "profile", "read"])
address, _state = session.authorization_url(metadata["authorization_endpoint"])
print(address, flush=True)

response = sys.stdin.readline().strip()
token = session.fetch_token(metadata["token_endpoint"], authorization_response=response, client_secret=secret)
userinfo = session.get(metadata["userinfo_endpoint"]).json()
query = {"query": "{ viewer { username } }"}
graphql = session.post(f"{issuer}/graphql", json=query).json()
session.refresh_token(metadata["token_endpoint"], auth=(client_id, secret))
refreshed = session.post(f"{issuer}/graphql", json=query).json()

service = OAuth2Session(client=BackendApplicationClient(client_id=client_id, scope=["read"]))
granted = service.fetch_token(metadata["token_endpoint"], client_id=client_id, client_secret=secret)
results = {"scope": token["scope"], "userinfo": userinfo, "graphql": graphql, "refreshed": refreshed, "service": granted["scope"]}
print(json.dumps(results), flush=True)
