import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** Copies a text. */
export function Copy(props: {
  readonly text: string;
  /** Its name, for whoever points at the button or hears it. */
  readonly what: string;
}) {
  return (
    <CopyButton value={props.text} timeout={1_500}>
      {({ copied, copy }) => {
        const label = copied ? 'Copied' : `Copy ${props.what}`;
        return (
          <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={label} title={label}>
            {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
          </ActionIcon>
        );
      }}
    </CopyButton>
  );
}
