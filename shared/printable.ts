/** Text of strangers, on terminals and in logs. */

/**
 * `text` with control characters, and all that is not ASCII, as `\u` escapes: it cannot forge a
 * line, nor move the cursor.
 */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, escaped);

/**
 * The first 100 characters of `text` for a sentence, in any script, with all that is not seen as
 * `\u` escapes: what controls a terminal, and what makes text run backwards.
 */
export function excerpt(text: string): string {
  const shown = text.slice(0, LENGTH_MAX).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
  return text.length > LENGTH_MAX ? `${shown}...` : shown;
}

const LENGTH_MAX = 100;

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
