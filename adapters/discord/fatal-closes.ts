import { GatewayCloseCodes } from 'discord-api-types/v10';
import type { FailureCode } from '../../src/model/failure.ts';

/** The close codes after which Discord takes no reconnect (docs: Opcodes and Status Codes, "Gateway Close Event Codes"). */
export const fatalCloses: ReadonlyMap<number, readonly [FailureCode, string]> = new Map<
  number,
  readonly [FailureCode, string]
>([
  [
    GatewayCloseCodes.AuthenticationFailed,
    ['unauthorized', 'the gateway does not take DISCORD_TOKEN: make a new one under Bot in the developer portal'],
  ],
  [
    GatewayCloseCodes.DisallowedIntents,
    ['unauthorized', 'switch on the Message Content Intent under Bot in the developer portal'],
  ],
  [GatewayCloseCodes.InvalidShard, ['refused', 'the gateway does not take this shard']],
  [GatewayCloseCodes.ShardingRequired, ['refused', 'the gateway wants more shards']],
  [GatewayCloseCodes.InvalidAPIVersion, ['refused', 'the gateway does not take this version of the API']],
  [GatewayCloseCodes.InvalidIntents, ['refused', 'the gateway does not take these intents']],
]);
