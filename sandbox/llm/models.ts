import type { IncomingHttpHeaders } from 'node:http';

const IDS = ['stand-in-2', 'stand-in-1', 'text-embedding-stand-in'] as const;
/** 2026-01-01 in seconds. */
const MADE = 1_767_225_600;

/** The list of models, as the maker has it whose headers these are (docs: OpenAI, "List models"; Anthropic, "List Models"). */
export function modelList(headers: IncomingHttpHeaders): object {
  if (headers['anthropic-version'] === undefined)
    return {
      object: 'list',
      data: IDS.map((id, age) => ({ id, object: 'model', created: MADE - age * 86_400, owned_by: 'stand-in' })),
    };
  const data = IDS.slice(0, 2).map((id, age) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: new Date((MADE - age * 86_400) * 1000).toISOString(),
  }));
  return { data, has_more: false, first_id: IDS[0], last_id: IDS[1] };
}
