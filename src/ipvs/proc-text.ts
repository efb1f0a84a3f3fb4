// What the kernel's lists under /proc/net are made of, byte by byte.

export const newline = 0x0a;
export const blank = 0x20;
export const colon = 0x3a;
export const minus = 0x2d;
export const zero = 0x30;
export const leftBracket = 0x5b;

/** The value of a hexadecimal digit by its character code; -1 for what is none. */
export const hexValues = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  hexValues[text.charCodeAt(0)] = digit;
  hexValues[text.toUpperCase().charCodeAt(0)] = digit;
}

/** The number that four hexadecimal digits are; negative where one of them is none. */
export function hexGroup(bytes: Uint8Array, at: number): number {
  return (
    (hexValue(bytes[at]) << 12) |
    (hexValue(bytes[at + 1]) << 8) |
    (hexValue(bytes[at + 2]) << 4) |
    hexValue(bytes[at + 3])
  );
}

/** The value of a hexadecimal digit; -1 for what is none. */
export function hexValue(byte: number | undefined): number {
  return hexValues[byte ?? 0] ?? -1;
}
