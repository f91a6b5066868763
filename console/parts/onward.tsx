import { Button } from '@mantine/core';
import type { Step } from '../api/installs.ts';

/** Leads to the platform, where an app is put into a workspace; beside the console where nobody is led back from there. */
export function Onward(props: { readonly go: Step }) {
  const { url, aside } = props.go;
  if (!/^https?:/.test(url)) return null;
  return (
    <Button component="a" href={url} {...(aside && { target: '_blank', rel: 'noopener noreferrer' })}>
      Put it into a workspace
    </Button>
  );
}
