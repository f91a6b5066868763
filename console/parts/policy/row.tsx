import { Button } from '@mantine/core';
import type { Held } from '../../api/policies.ts';
import { Control } from './control.tsx';
import type { Field } from './kinds.ts';

const FROM = {
  default: 'the default',
  organization: 'the organization',
  app: 'the app',
  install: 'the workspace',
  channel: 'this channel',
} as const;

/** One field: what holds, from where it comes, and how it is decided here. */
export function PolicyRow(props: {
  readonly of: Field;
  readonly held: Held | undefined;
  /** It is decided here, in the console. */
  readonly isOwn: boolean;
  /** Absent: who looks may not decide. */
  readonly set: ((value: unknown) => void) | undefined;
  readonly useWider: () => void;
}) {
  const { of, held, isOwn, set } = props;
  return (
    <div className="policy" role="group" aria-label={of.title}>
      <div>
        <strong>{of.title}</strong>
        <div className="quiet">{of.about}</div>
      </div>
      <div className="value">
        {set === undefined ? (
          <span className="mono">{written(held?.value)}</span>
        ) : (
          <Control of={of} label={of.title} value={held?.value} set={set} />
        )}
      </div>
      <div className="from">
        <span className={isOwn ? undefined : 'quiet'}>{whence(held)}</span>
        {isOwn && set !== undefined && (
          <Button variant="subtle" size="xs" px={0} onClick={props.useWider}>
            Use the wider value
          </Button>
        )}
      </div>
    </div>
  );
}

function whence(held: Held | undefined): string {
  if (held === undefined || held.origin === 'default') return FROM.default;
  return `${FROM[held.from]}, ${held.origin === 'file' ? 'in the file' : 'in the console'}`;
}

const written = (value: unknown): string => {
  if (value === null || value === undefined) return 'not set';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
};
