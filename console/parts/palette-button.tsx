import { Kbd, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { openPalette } from './open-palette.ts';

const KEY = /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

/** Opens the palette of commands. */
export function PaletteButton() {
  return (
    <UnstyledButton className="palette-button" onClick={openPalette}>
      <IconSearch size={15} stroke={1.8} aria-hidden />
      Go to…
      <Kbd size="xs">{KEY}</Kbd>
    </UnstyledButton>
  );
}
