import '@mantine/spotlight/styles.css';
import { useMantineColorScheme } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { openSpotlight, Spotlight } from '@mantine/spotlight';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { PLACES } from '../map.ts';
import { ICONS } from './icons.ts';
import { onPaletteAsked } from './open-palette.ts';

/** Every page and act, found by typing. Also holds the shortcuts that work everywhere. */
export default function Palette() {
  const navigate = useNavigate();
  const { data: me } = useSuspenseQuery(meQuery);
  const { toggleColorScheme, clearColorScheme } = useMantineColorScheme();
  useEffect(() => onPaletteAsked(openSpotlight), []);
  useHotkeys([
    ['shift+?', () => void navigate({ to: '/shortcuts' })],
    ['mod+J', toggleColorScheme],
  ]);
  const pages = PLACES.filter(
    ({ role, open, path }) => open !== true && !path.includes('$') && isAtLeast(me.role, role),
  );
  return (
    <Spotlight
      shortcut={['mod + K', '/']}
      searchProps={{ placeholder: 'Go to, or do…', 'aria-label': 'Go to, or do' }}
      nothingFound="Nothing has that name"
      highlightQuery
      limit={30}
      actions={[
        ...pages.map(({ path, title, words }) => {
          const Icon = ICONS[path];
          return {
            id: path,
            label: title,
            keywords: words ?? '',
            leftSection: Icon === undefined ? undefined : <Icon size={18} stroke={1.6} aria-hidden />,
            onClick: () => void navigate({ to: path }),
          };
        }),
        { id: 'scheme', label: 'Switch between light and dark', keywords: 'theme', onClick: toggleColorScheme },
        { id: 'system', label: 'Light or dark as the system has it', keywords: 'theme', onClick: clearColorScheme },
      ]}
    />
  );
}
