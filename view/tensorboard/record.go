package tensorboard

import (
	"encoding/binary"
	"hash/crc32"
)

// record frames data as TFRecord files do, all numbers little-endian:
//
//	uint64 length, uint32 checksum of these 8 bytes, data, uint32 checksum of data
func record(data []byte) []byte {
	b := make([]byte, 0, 8+4+len(data)+4)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, checksum(b))
	b = append(b, data...)
	return binary.LittleEndian.AppendUint32(b, checksum(data))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the CRC-32C, rotated right by 15 bits plus a constant, so that the CRC of data that holds CRCs is no
// special number.
func checksum(b []byte) uint32 {
	crc := crc32.Checksum(b, castagnoli)
	return (crc>>15 | crc<<17) + 0xa282ead8
}
