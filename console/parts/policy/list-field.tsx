import { Textarea } from '@mantine/core';
import { useState } from 'react';
import * as z from 'zod/mini';

const Lines = z.array(z.string());

/** Several words, one a line. */
export function ListField(props: {
  readonly label: string;
  readonly about: string;
  readonly value: unknown;
  readonly set: (value: readonly string[]) => void;
}) {
  const lines = Lines.safeParse(props.value).data ?? [];
  // An empty line that is just being begun is no item yet, and stays on the screen all the same.
  const [typed, setTyped] = useState<string>();
  const shown = typed !== undefined && sameLines(linesOf(typed), lines) ? typed : lines.join('\n');
  return (
    <Textarea
      label={props.label}
      description={props.about}
      autosize
      minRows={1}
      maxRows={8}
      spellCheck={false}
      value={shown}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        props.set(linesOf(currentTarget.value));
      }}
    />
  );
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const sameLines = (one: readonly string[], other: readonly string[]): boolean => one.join('\n') === other.join('\n');
