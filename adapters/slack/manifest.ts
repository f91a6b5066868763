import { COMMANDS } from '../../src/model/commands.ts';
import { PATH } from './path.ts';

/** What Slack has to be told of an app (docs: App manifest reference), as far as it matters here. */
export type SlackManifest = {
  readonly display_information: { readonly name: string; readonly description: string };
  readonly features: {
    readonly bot_user: { readonly display_name: string; readonly always_online: boolean };
    readonly app_home: { readonly messages_tab_enabled: boolean; readonly messages_tab_read_only_enabled: boolean };
    readonly agent_view: { readonly agent_description: string };
    readonly slash_commands: readonly SlashCommand[];
  };
  readonly oauth_config: {
    readonly redirect_urls?: readonly string[];
    readonly scopes: { readonly bot: readonly string[] };
  };
  readonly settings: {
    readonly event_subscriptions: { readonly request_url: string; readonly bot_events: readonly string[] };
    readonly interactivity: { readonly is_enabled: boolean; readonly request_url: string };
    readonly org_deploy_enabled: boolean;
    readonly socket_mode_enabled: boolean;
    readonly token_rotation_enabled: boolean;
  };
};

type SlashCommand = {
  readonly command: string;
  readonly url: string;
  readonly description: string;
  readonly usage_hint?: string;
  readonly should_escape: boolean;
};

/** Each with what it is for; from the pages of methods and events at docs.slack.dev. */
export const SCOPES = [
  'app_mentions:read',
  // The stop button of a running answer: only apps that are agents have one (docs: Agent sessions).
  'assistant:write',
  'channels:history',
  'channels:read',
  'chat:write',
  // A slash command can be given in public channels into which nobody has invited the bot.
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'reactions:read',
  'reactions:write',
  'users:read',
] as const;

const EVENTS = [
  'agent_session_stopped',
  'app_mention',
  'app_uninstalled',
  'message.channels',
  'message.groups',
  'message.im',
  'message.mpim',
  'reaction_added',
  'reaction_removed',
  'tokens_revoked',
] as const;

/** docs: App manifest reference: an app's name has 35 characters at most, a bot's 80. */
const MOST_NAME = 35;

type Wanted = {
  readonly name: string;
  readonly url: string;
  readonly hookUrl?: string;
  readonly callbackUrl?: string;
  /** Tokens end after twelve hours and are renewed. */
  readonly rotates?: boolean;
};

/**
 * The app as Slack has to know it. Pure.
 * @param name as people see it; longer ones are cut to Slack's 35 characters.
 * @param url the hub's public base address, https.
 * @param hookUrl where deliveries go; default: the hub's one address for all of Slack.
 * @param callbackUrl where people come back to from installing it; absent: nobody does.
 */
export function manifest({ name, url, hookUrl, callbackUrl, rotates = false }: Wanted): SlackManifest {
  const request_url = hookUrl ?? `${url.replace(/\/+$/, '')}${PATH}`;
  const shown = Array.from(name).slice(0, MOST_NAME).join('');
  const description = 'Answers when it is mentioned';
  return {
    display_information: { name: shown, description },
    features: {
      bot_user: { display_name: shown, always_online: true },
      // Without it nobody can write to the bot alone.
      app_home: { messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      agent_view: { agent_description: description },
      slash_commands: COMMANDS.filter(({ listed }) => listed).map(({ name, summary, argument }) => ({
        command: `/${name}`,
        url: request_url,
        description: summary,
        ...(argument !== undefined && { usage_hint: argument.required ? `<${argument.name}>` : `[${argument.name}]` }),
        // People and channels come with their names.
        should_escape: true,
      })),
    },
    oauth_config: {
      ...(callbackUrl !== undefined && { redirect_urls: [callbackUrl] }),
      scopes: { bot: SCOPES },
    },
    settings: {
      event_subscriptions: { request_url, bot_events: EVENTS },
      interactivity: { is_enabled: true, request_url },
      org_deploy_enabled: true,
      socket_mode_enabled: false,
      token_rotation_enabled: rotates,
    },
  };
}
