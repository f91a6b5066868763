/** Where Probot's users have it already. */
export const PATH = '/api/github/webhooks';
