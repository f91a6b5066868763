import type { SlackStandIn } from '../../sandbox/slack/index.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';

export type Answer = Readonly<Record<string, unknown>>;

export async function call(slack: SlackStandIn, method: string, args: object): Promise<Answer> {
  const response = await fetch(`${slack.environment['SLACK_API_URL']}${method}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${slack.environment['SLACK_BOT_TOKEN']}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(args),
  });
  return JSON.parse(await response.text());
}

/** Without the bot's own messages coming back. */
export const opened = (settings = {}) => openSlackStandIn({ echoes: false, ...settings });

export const text = (words: string) => ({ type: 'plain_text', text: words });
export const button = (action_id: string, more: object = {}) => ({
  type: 'button',
  action_id,
  text: text('Go'),
  ...more,
});
export const actions = (...elements: object[]) => [{ type: 'actions', elements }];
export const menu = {
  type: 'static_select',
  action_id: 'm',
  placeholder: text('Which?'),
  options: [{ text: text('Large'), value: 'l' }],
};
