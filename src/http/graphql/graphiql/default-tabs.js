/** The tabs of a first visit; later the browser restores their contents. Lines fit half of a window of 1280 pixels. */

const WHO_AM_I = `# Welcome to Gatehouse.
# 1. Sign in with the button above.
# 2. Run this query: ▶ or Ctrl-Enter.
# "viewer" is the signed-in user.
# (Escape moves the focus to the bar.)
query WhoAmI {
  viewer {
    sub
    username
  }
  token {
    scopes
    expiresAt
  }
}
`;

const REGISTER_A_CLIENT = `# Registers an app that signs users in.
# It requires the scope "clients": run it,
# then press the button that requests it.
# The client secret is shown only once.
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

const CREATE_A_USER = `# Creates a user, who can sign in after
# setPassword has set a password.
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

const GROUPS = `# Groups with their permissions
# and members.
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

const LAST_SIGN_INS = `# Your own sign-ins. With READ_AUDIT those
# of all users.
query LastSignIns {
  auditEvents(
    first: 20
    kind: SIGN_IN_SUCCEEDED
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

/** Names the tab that was active, because GraphiQL otherwise opens an extra empty tab. */
export function openingTabs(storage) {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage.getItem('graphiql:tabState'));
    const { query, variables } = tabs[activeTabIndex];
    return { initialQuery: query ?? '', initialVariables: variables ?? '' };
  } catch {
    return { defaultTabs: DEFAULT_TABS };
  }
}
