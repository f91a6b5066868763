import { createTheme, rem, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent. Shade 7 carries white text at 6 : 1, shade 3 stands on the dark ground at 8 : 1. */
const petrol: MantineColorsTuple = [
  '#e8f4f9',
  '#cfe6f0',
  '#a3d0e2',
  '#7cc0da',
  '#4ba2c3',
  '#2b87aa',
  '#1b7699',
  '#136a8c',
  '#0f5672',
  '#0a3f55',
];

/** Neutral and a little warm: the ground of the dark scheme. */
const dark: MantineColorsTuple = [
  '#e9e7e2',
  '#c9c6bf',
  '#a9a69f',
  '#7d7b76',
  '#46474a',
  '#333538',
  '#27282b',
  '#1c1d1f',
  '#151617',
  '#0f1011',
];

const SANS = 'Inter, "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Liberation Sans", sans-serif';

export const theme = createTheme({
  colors: { petrol, dark },
  primaryColor: 'petrol',
  primaryShade: 7,
  fontFamily: SANS,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, "Liberation Mono", monospace',
  headings: { fontFamily: SANS, fontWeight: '620' },
  defaultRadius: 'md',
  radius: { xs: rem(3), sm: rem(5), md: rem(8), lg: rem(12), xl: rem(20) },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // 24 px: as large as a finger needs (WCAG 2.5.8).
    Checkbox: { defaultProps: { size: 'md' } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } } },
  },
});

/** What Mantine's own colours are made of here: text and lines keep AA on our ground, which its defaults do not. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1d1c1a',
    '--mantine-color-dimmed': '#625e57',
    '--mantine-color-placeholder': '#6b675f',
    '--mantine-color-error': '#a8201a',
    '--mantine-color-default-border': '#d9d5cc',
    '--mantine-color-anchor': '#0f5f7e',
    '--mantine-color-petrol-light-color': '#0f5672',
  },
  dark: {
    '--mantine-color-body': '#1c1d1f',
    '--mantine-color-text': '#e9e7e2',
    '--mantine-color-dimmed': '#a9a69f',
    '--mantine-color-placeholder': '#a09d96',
    '--mantine-color-error': '#ff9a90',
    '--mantine-color-default-border': '#3a3c40',
    '--mantine-color-anchor': '#7cc0da',
    '--mantine-color-petrol-light-color': '#a3d0e2',
  },
});
