import type { Tool } from '../model/tool.ts';
import type { Agent, TurnContext } from './agent.ts';
import { matches } from './judge.ts';

/** Tools that one model is told of: more cost more than they help, and servers refuse some hundred. */
const MOST = 120;

/** What may be used in this place. Of two tools with one name the one that was opened first counts. */
export async function allowedTools(agent: Agent, { organization, mailbox }: TurnContext): Promise<readonly Tool[]> {
  if (agent.toolboxes.length === 0) return [];
  const all = (await Promise.all(agent.toolboxes.map((box) => box.tools(organization)))).flat();
  const byName = new Map(all.toReversed().map((tool) => [tool.name, tool]));
  const { allow } = mailbox.policy.tools;
  const isOffered = ({ name, home }: Tool): boolean =>
    home === undefined || home === mailbox.app ? matches(allow, name) : allow.includes(name);
  return all.filter((tool) => byName.get(tool.name) === tool && isOffered(tool)).slice(0, MOST);
}
