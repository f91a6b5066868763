import type { Tool } from '../api/mcp.ts';
import { Rows, type Column } from './list.tsx';
import { Status } from './status.tsx';

const DOES = { reads: 'Reads', keeps: 'Keeps something here', writes: 'Writes' } as const;
const ASKS = {
  never: 'Never',
  'after-outside-text': 'Only after text from outside',
  always: 'Each time',
} as const;

const COLUMNS: readonly Column<Tool>[] = [
  {
    title: 'Tool',
    cell: ({ name, description }) => (
      <>
        <span className="mono">{name}</span>
        <div className="quiet tool-words">{description}</div>
      </>
    ),
  },
  { title: 'Does', cell: ({ effect }) => DOES[effect] },
  {
    title: 'Asks a person',
    cell: ({ asks, allowed }) => (allowed ? ASKS[asks] : <Status tone="idle">Not allowed by the policy</Status>),
  },
];

/** Tools with what they do, and whether somebody is asked before. */
export function ToolList(props: { readonly label: string; readonly tools: readonly Tool[] }) {
  return <Rows label={props.label} rows={props.tools} columns={COLUMNS} keyOf={({ name }) => name} />;
}
