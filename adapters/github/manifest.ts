/** What is read (docs: Webhook events and payloads). */
const EVENTS = [
  'check_run',
  'commit_comment',
  'discussion',
  'discussion_comment',
  'issue_comment',
  'issues',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
] as const;

/** `contents` is asked for the events of commit comments and for reading what is talked about (docs: Permissions required for GitHub Apps). */
export const PERMISSIONS = {
  metadata: 'read',
  contents: 'read',
  issues: 'write',
  pull_requests: 'write',
  discussions: 'write',
  checks: 'write',
} as const;

type Wanted = {
  readonly name: string;
  readonly url: string;
  readonly path: string;
  /** Default: `path` below `url`. */
  readonly hookUrl?: string;
  /** Where people come back to; default: the hub's first page. */
  readonly callbackUrl?: string;
};

/**
 * The app as GitHub has to know it (docs: Registering a GitHub App from a manifest). Pure.
 * @param url the hub's public base address, https.
 */
export function manifest({ name, url, path, hookUrl, callbackUrl }: Wanted): object {
  return {
    name,
    url,
    hook_attributes: { url: hookUrl ?? `${url}${path}`, active: true },
    redirect_url: callbackUrl ?? url,
    // Where people come back to from installing it, also when they change where it is.
    ...(callbackUrl !== undefined && { setup_url: callbackUrl, setup_on_update: false }),
    public: false,
    default_permissions: PERMISSIONS,
    default_events: EVENTS,
  };
}
