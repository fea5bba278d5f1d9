package torchfile

import "fmt"

// The opcodes of pickle that are read.
const (
	opProto      = 0x80
	opFrame      = 0x95
	opStop       = '.'
	opMark       = '('
	opPop        = '0'
	opPopMark    = '1'
	opDup        = '2'
	opEmptyDict  = '}'
	opDict       = 'd'
	opEmptyList  = ']'
	opList       = 'l'
	opEmptySet   = 0x8f
	opFrozenSet  = 0x91
	opEmptyTuple = ')'
	opTuple      = 't'
	opTuple1     = 0x85
	opTuple2     = 0x86
	opTuple3     = 0x87
	opNone       = 'N'
	opTrue       = 0x88
	opFalse      = 0x89
	opInt1       = 'K'
	opInt2       = 'M'
	opInt        = 'J'
	opLong1      = 0x8a
	opLong4      = 0x8b
	opFloat      = 'G'
	opUnicode1   = 0x8c
	opUnicode    = 'X'
	opUnicode8   = 0x8d
	opString1    = 'U'
	opString     = 'T'
	opBytes1     = 'C'
	opBytes      = 'B'
	opBytes8     = 0x8e
	opByteArray8 = 0x96
	opGlobal     = 'c'
	opGlobal4    = 0x93
	opPersID     = 'Q'
	opReduce     = 'R'
	opNewObj     = 0x81
	opNewObjEx   = 0x92
	opBuild      = 'b'
	opSetItem    = 's'
	opSetItems   = 'u'
	opAppend     = 'a'
	opAppends    = 'e'
	opAddItems   = 0x90
	opPut        = 'q'
	opLongPut    = 'r'
	opMemoize    = 0x94
	opGet        = 'h'
	opLongGet    = 'j'
)

// names maps the opcodes of pickle's protocols 0 to 5 to their names in Python's pickle module.
var names = map[byte]string{
	opProto: "PROTO", opFrame: "FRAME", opStop: "STOP", opMark: "MARK", opPop: "POP", opPopMark: "POP_MARK",
	opDup: "DUP", opEmptyDict: "EMPTY_DICT", opDict: "DICT", opEmptyList: "EMPTY_LIST", opList: "LIST",
	opEmptySet: "EMPTY_SET", opFrozenSet: "FROZENSET", opEmptyTuple: "EMPTY_TUPLE", opTuple: "TUPLE",
	opTuple1: "TUPLE1", opTuple2: "TUPLE2", opTuple3: "TUPLE3", opNone: "NONE", opTrue: "NEWTRUE",
	opFalse: "NEWFALSE", opInt1: "BININT1", opInt2: "BININT2", opInt: "BININT", opLong1: "LONG1", opLong4: "LONG4",
	opFloat: "BINFLOAT", opUnicode1: "SHORT_BINUNICODE", opUnicode: "BINUNICODE", opUnicode8: "BINUNICODE8",
	opString1: "SHORT_BINSTRING", opString: "BINSTRING", opBytes1: "SHORT_BINBYTES", opBytes: "BINBYTES",
	opBytes8: "BINBYTES8", opByteArray8: "BYTEARRAY8", opGlobal: "GLOBAL", opGlobal4: "STACK_GLOBAL",
	opPersID: "BINPERSID", opReduce: "REDUCE", opNewObj: "NEWOBJ", opNewObjEx: "NEWOBJ_EX", opBuild: "BUILD",
	opSetItem: "SETITEM", opSetItems: "SETITEMS", opAppend: "APPEND", opAppends: "APPENDS", opAddItems: "ADDITEMS",
	opPut: "BINPUT", opLongPut: "LONG_BINPUT", opMemoize: "MEMOIZE", opGet: "BINGET", opLongGet: "LONG_BINGET",

	'F': "FLOAT", 'I': "INT", 'L': "LONG", 'P': "PERSID", 'S': "STRING", 'V': "UNICODE", 'g': "GET", 'i': "INST",
	'o': "OBJ", 'p': "PUT", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
}

// opName returns the name of op for an error.
func opName(op byte) string {
	if name := names[op]; name != "" {
		return name
	}
	return fmt.Sprintf("opcode %#02x", op)
}
