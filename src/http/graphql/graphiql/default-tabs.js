/** What the editor opens with, once: afterwards a tab keeps what was written in it. The lines fit half of 1280 pixels. */

const WHO_AM_I = `# Welcome to Gatehouse.
# 1. Sign in, with the button above.
# 2. Run this query: ▶ or Ctrl-Enter.
# "viewer" is whoever is signed in.
# (Escape leaves the editor for the bar.)
query WhoAmI {
  viewer {
    id
    username
  }
  token {
    scopes
    expiresAt
  }
}
`;

const REGISTER_A_CLIENT = `# An application that signs people in.
# It needs the scope "clients": run it, then
# press the button that asks for it.
# The secret is shown this once.
mutation RegisterClient {
  registerClient(
    input: {
      name: "My application"
      grantTypes: [
        authorization_code
        refresh_token
      ]
      redirectUris: [
        "http://127.0.0.1:8000/callback"
      ]
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

const CREATE_A_USER = `# Somebody new. They cannot sign in before
# setPassword has given them a password.
mutation CreateUser {
  createUser(
    input: {
      username: "bob"
      email: "bob@example.com"
      firstName: "Bob"
    }
  ) {
    user {
      id
      username
    }
    errors {
      code
      message
      path
    }
  }
}
`;

const GROUPS = `# Groups, who is in them, and what it lets
# them do.
query Groups {
  groups(first: 10) {
    nodes {
      id
      name
      permissions
      members(first: 5) {
        nodes {
          username
        }
      }
    }
  }
}
`;

const LAST_SIGN_INS = `# Your own; everybody's with READ_AUDIT.
query LastSignIns {
  auditEvents(
    first: 20
    kind: "sign_in.succeeded"
  ) {
    nodes {
      at
      ip
      actor {
        username
      }
    }
  }
}
`;

export const DEFAULT_TABS = [WHO_AM_I, REGISTER_A_CLIENT, CREATE_A_USER, GROUPS, LAST_SIGN_INS].map((query) => ({
  query,
}));

/** GraphiQL opens one more tab, an empty one, where it is not told which of those it remembers was open. */
export function openingTabs(storage) {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage.getItem('graphiql:tabState'));
    const { query, variables } = tabs[activeTabIndex];
    return { initialQuery: query ?? '', initialVariables: variables ?? '' };
  } catch {
    return { defaultTabs: DEFAULT_TABS };
  }
}
