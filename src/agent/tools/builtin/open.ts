import { openFindAttachments } from '../../../db/attachments.ts';
import type { Database } from '../../../db/database.ts';
import { openPolicies } from '../../../db/policies.ts';
import { openSearch } from '../../../db/search.ts';
import type { Toolbox } from '../../../model/tool.ts';
import type { Clock } from '../../../observe/clock.ts';
import { openCalculator } from './calculator.ts';
import { openHandOver } from './hand-over.ts';
import { openHttpGet, type HttpGetPorts } from './http-get.ts';
import { openReadAttachment, type ReadAttachmentPorts } from './read-attachment.ts';
import { openScheduleMessage } from './schedule-message.ts';
import { openSearchHistory } from './search-history.ts';

export type BuiltinPorts = Omit<ReadAttachmentPorts, 'attachments'> & {
  readonly db: Database;
  readonly clock: Clock;
  readonly http: HttpGetPorts;
};

/** The tools that are there without anything else. */
export function openBuiltins({ db, clock, http, ...files }: BuiltinPorts): Toolbox {
  const tools = [
    openCalculator(),
    openSearchHistory(openSearch(db)),
    openReadAttachment({ ...files, attachments: openFindAttachments(db) }),
    openScheduleMessage(db, clock),
    openHandOver({ db, clock, policies: openPolicies(db) }),
    ...openHttpGet(http),
  ];
  return { name: 'builtin', tools: () => Promise.resolve(tools), [Symbol.asyncDispose]: async () => {} };
}
