/** Where Bolt's users have it already: events, interactions and slash commands all come to this one path. */
export const PATH = '/slack/events';
