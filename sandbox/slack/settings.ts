import type { LimitSetting } from './limits.ts';

export type SlackSettings = {
  /** A port to listen at. Default: one of the system's choice. */
  readonly port?: number;
  /** Waited before every answer, for loads that see a distant platform. Default 0. */
  readonly answerDelayMs?: number;
  /** Default off. */
  readonly limits?: LimitSetting;
  /**
   * The app is sold outside of Slack's Marketplace: its histories come with 15 messages at most, one page in this many
   * milliseconds (at Slack 60,000). Default: it is not.
   */
  readonly onePageEveryMs?: number;
  /** Milliseconds before each retry of a delivery that was not taken. Default: as Slack. */
  readonly retriesMs?: readonly number[];
  /** A stream ends by itself after so long. Default 5 minutes. */
  readonly streamForMs?: number;
  /** A message is read back so much later. Default 0. */
  readonly readLagMs?: number;
  /** The file of `files.completeUploadExternal` is shown so much later. Default 0. */
  readonly shareLagMs?: number;
  /** The workspace lets messages be edited for so long. Default: for ever. */
  readonly editForMs?: number;
  /** What the app was granted. Default: all. */
  readonly scopes?: readonly string[];
  /** Channels beside the first, for loads that come from many. Default 0. */
  readonly channels?: number;
  /** The bot's own messages come to the app as events too. Default true, as at Slack. */
  readonly echoes?: boolean;
};
