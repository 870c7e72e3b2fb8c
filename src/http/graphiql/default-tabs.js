/** What the editor opens with, once: afterwards a tab keeps what was written in it. */

const WHO_AM_I = `# Welcome to Gatehouse.
# 1. Sign in, with the button above.
# 2. Run this query: ▶ beside it, or Ctrl-Enter.
# "viewer" is whoever is signed in.
query WhoAmI {
  viewer {
    id
    username
  }
}
`;

const REGISTER_A_CLIENT = `# Registers an application that signs people in.
# It needs the scope "clients": run it, then press
# "Ask for: clients" above, and run it again.
# The secret is shown once, here and never again.
mutation RegisterClient {
  registerClient(
    input: {
      name: "My application"
      grantTypes: [authorization_code, refresh_token]
      redirectUris: ["http://127.0.0.1:8000/callback"]
      scope: "openid profile email read"
    }
  ) {
    client {
      clientId
      name
    }
    clientSecret
    errors {
      code
      message
      path
    }
  }
}
`;

const PEOPLE = `# The people of this directory, ten at a time.
query People($after: String) {
  users(first: 10, after: $after) {
    nodes {
      id
      username
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

export const DEFAULT_TABS = [{ query: WHO_AM_I }, { query: REGISTER_A_CLIENT }, { query: PEOPLE }];
