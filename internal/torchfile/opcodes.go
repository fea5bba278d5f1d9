package torchfile

import "fmt"

// The opcodes of pickle that a state dict needs.
const (
	opProto      = 0x80
	opStop       = '.'
	opMark       = '('
	opEmptyDict  = '}'
	opEmptyTuple = ')'
	opTuple      = 't'
	opTuple1     = 0x85
	opTuple2     = 0x86
	opTuple3     = 0x87
	opTrue       = 0x88
	opFalse      = 0x89
	opInt1       = 'K'
	opInt2       = 'M'
	opInt        = 'J'
	opLong1      = 0x8a
	opUnicode    = 'X'
	opGlobal     = 'c'
	opPersID     = 'Q'
	opReduce     = 'R'
	opBuild      = 'b'
	opSetItem    = 's'
	opSetItems   = 'u'
	opPut        = 'q'
	opLongPut    = 'r'
	opGet        = 'h'
	opLongGet    = 'j'
)

// names maps the opcodes of pickle's protocols 0 to 5 to their names in Python's pickle module.
var names = map[byte]string{
	opProto: "PROTO", opStop: "STOP", opMark: "MARK", opEmptyDict: "EMPTY_DICT", opEmptyTuple: "EMPTY_TUPLE",
	opTuple: "TUPLE", opTuple1: "TUPLE1", opTuple2: "TUPLE2", opTuple3: "TUPLE3", opTrue: "NEWTRUE",
	opFalse: "NEWFALSE", opInt1: "BININT1", opInt2: "BININT2", opInt: "BININT", opLong1: "LONG1",
	opUnicode: "BINUNICODE", opGlobal: "GLOBAL", opPersID: "BINPERSID", opReduce: "REDUCE", opBuild: "BUILD",
	opSetItem: "SETITEM", opSetItems: "SETITEMS", opPut: "BINPUT", opLongPut: "LONG_BINPUT", opGet: "BINGET",
	opLongGet: "LONG_BINGET",

	'0': "POP", '1': "POP_MARK", '2': "DUP", 'F': "FLOAT", 'I': "INT", 'L': "LONG", 'N': "NONE", 'P': "PERSID",
	'S': "STRING", 'T': "BINSTRING", 'U': "SHORT_BINSTRING", 'V': "UNICODE", 'a': "APPEND", 'd': "DICT",
	'e': "APPENDS", 'g': "GET", 'i': "INST", 'l': "LIST", ']': "EMPTY_LIST", 'o': "OBJ", 'p': "PUT",
	'G': "BINFLOAT", 0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x8b: "LONG4", 'B': "BINBYTES",
	'C': "SHORT_BINBYTES", 0x8c: "SHORT_BINUNICODE", 0x8d: "BINUNICODE8", 0x8e: "BINBYTES8", 0x8f: "EMPTY_SET",
	0x90: "ADDITEMS", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL", 0x94: "MEMOIZE", 0x95: "FRAME",
	0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
}

// opName returns the name of op for an error.
func opName(op byte) string {
	if name := names[op]; name != "" {
		return name
	}
	return fmt.Sprintf("opcode %#02x", op)
}
