// The smallest pictures that make the point.

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** One red pixel as PNG. */
export const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
    'base64',
);

/** One pixel as BMP in which every byte is ASCII, so that it survives as a string. */
export const asciiBmp = Buffer.from(
    '424d3a0000000000000036000000' + // file header: 58 bytes, pixels from byte 54
        '28000000010000000100000001001800000000000400000000000000000000000000000000000000' +
        '00007f00',
    'hex',
).toString('ascii');

/** Width and height of a PNG; throws for anything else. */
export function pngSize(bytes) {
    if (!bytes.subarray(0, 8).equals(PNG_SIGNATURE)) {
        throw new Error(`no PNG: ${bytes.subarray(0, 16).toString('hex')}`);
    }
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}
