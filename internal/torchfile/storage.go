package torchfile

import (
	"encoding/binary"
	"fmt"
	"math"

	"anneal/internal/plural"
	"anneal/internal/safetensors"
)

var storageTypes = map[global]safetensors.DType{
	"torch.DoubleStorage": safetensors.F64, "torch.FloatStorage": safetensors.F32,
	"torch.HalfStorage": safetensors.F16, "torch.BFloat16Storage": safetensors.BF16,
	"torch.LongStorage": safetensors.I64, "torch.IntStorage": safetensors.I32, "torch.ShortStorage": safetensors.I16,
	"torch.CharStorage": safetensors.I8, "torch.ByteStorage": safetensors.U8, "torch.BoolStorage": safetensors.Bool,
	untyped: safetensors.U8,
}

// untyped is the type of a storage of bytes, whose tensors have one of the types that PyTorch 2 brought.
const untyped global = "torch.storage.UntypedStorage"

var elementTypes = map[global]safetensors.DType{
	"torch.float8_e4m3fn": safetensors.F8E4M3, "torch.float8_e5m2": safetensors.F8E5M2,
	"torch.float8_e4m3fnuz": safetensors.F8E4M3FNUZ, "torch.float8_e5m2fnuz": safetensors.F8E5M2FNUZ,
	"torch.float8_e8m0fnu": safetensors.F8E8M0, "torch.uint16": safetensors.U16, "torch.uint32": safetensors.U32,
	"torch.uint64": safetensors.U64,
}

// known reports whether name is one of the types above.
func known(name global) bool { return storageTypes[name] != "" || elementTypes[name] != "" }

// storage is the memory that one or more tensors are views of.
type storage struct {
	dtype safetensors.DType
	count int // of elements
	data  []byte
}

// storages finds the storages by their keys. Those of an archive are its records data/0, data/1 and so on.
type storages struct {
	archive   *archive
	loaded    map[string]*storage
	bigEndian bool
}

func newStorages(a *archive) (*storages, error) {
	s := &storages{archive: a, loaded: make(map[string]*storage)}
	if name := a.beside("byteorder"); a.records[name] != nil { // written since PyTorch 2.1
		order, err := a.record(name)
		if err != nil {
			return nil, err
		}
		if s.bigEndian = string(order) == "big"; !s.bigEndian && string(order) != "little" {
			return nil, fmt.Errorf("%s: got %.20q, want little or big", name, order)
		}
	}
	return s, nil
}

// identify reads the parts of a persistent id that files of all versions have: ("storage", type, key, device, number of
// elements). An id of a type that is not known is foreign.
func identify(id tuple) (key string, s *storage, unread *foreign, err error) {
	var kind, device string
	var of any
	s = &storage{}
	if err := id.scan(&kind, &of, &key, &device, &s.count); err != nil {
		return "", nil, nil, fmt.Errorf("persistent id: %w", err)
	}
	if unread, ok := of.(*foreign); ok {
		return "", nil, unread, nil
	}
	name, err := as[global](of)
	if err != nil {
		return "", nil, nil, fmt.Errorf("persistent id: %w", err)
	}
	if s.dtype = storageTypes[name]; kind != "storage" || s.dtype == "" {
		return "", nil, nil, fmt.Errorf("persistent id: got %.20q of %s, want a storage", kind, name)
	}
	if s.count < 0 || s.count > math.MaxInt/8 {
		return "", nil, nil, fmt.Errorf("storage %q: %d elements", key, s.count)
	}
	return key, s, nil, nil
}

// load returns the storage of a persistent id in an archive.
func (s *storages) load(id tuple) (any, error) {
	key, want, unread, err := identify(id)
	if err != nil || unread != nil {
		return unread, err
	}
	found := s.loaded[key]
	if found == nil {
		found = want
		if found.data, err = s.archive.record(s.archive.beside("data/" + key)); err != nil {
			return nil, err
		}
		s.loaded[key] = found
	}
	size, length := want.dtype.Size(), len(found.data)
	if found.dtype != want.dtype || found.count != want.count || length%size != 0 || length/size != want.count {
		return nil, fmt.Errorf("storage %q: %d elements of %s in %d bytes", key, want.count, want.dtype, length)
	}
	return found, nil
}

// declare returns the storage of a persistent id in a file of PyTorch before 1.6, where the elements come later. Such
// an id also says which part of another storage it is, which nothing has written since PyTorch 0.4. A module's class
// has an id, too.
func (s *storages) declare(id tuple) (any, error) {
	if len(id) == 4 && id[0] == "module" {
		return id[1], nil
	}
	if len(id) != 6 {
		return nil, fmt.Errorf("persistent id: got %s, want 6", plural.Of(len(id), "value"))
	}
	if id[5] != nil {
		return nil, fmt.Errorf("persistent id: a part of another storage, as PyTorch before 0.4 has them: " +
			"save it again with a later torch.save")
	}
	key, want, unread, err := identify(id[:5])
	if err != nil || unread != nil {
		return unread, err
	}
	found := s.loaded[key]
	if found == nil {
		s.loaded[key] = want
		return want, nil
	}
	if found.dtype != want.dtype || found.count != want.count {
		return nil, fmt.Errorf("storage %q: %d elements of %s, and %d of %s",
			key, found.count, found.dtype, want.count, want.dtype)
	}
	return found, nil
}

// fill reads the elements of the storages that were declared, in the order of keys.
func (s *storages) fill(keys []any, b []byte) error {
	filled := make(map[string]bool)
	for _, k := range keys {
		key, err := as[string](k)
		if err != nil {
			return fmt.Errorf("the key of a storage: %w", err)
		}
		found := s.loaded[key]
		if found == nil || filled[key] {
			return fmt.Errorf("storage %q: want one that the value has, once", key)
		}
		filled[key] = true
		size := found.dtype.Size()
		if len(b) < 8 || uint64(len(b)-8)/uint64(size) < uint64(found.count) {
			return fmt.Errorf("storage %q: got %s, want %d elements of %s: the file is truncated",
				key, plural.Of(max(len(b)-8, 0), "byte"), found.count, found.dtype)
		}
		if n := binary.LittleEndian.Uint64(b); n != uint64(found.count) {
			return fmt.Errorf("storage %q: %d elements, want %d", key, n, found.count)
		}
		end := 8 + size*found.count
		found.data = b[8:end:end]
		b = b[end:]
	}
	if len(filled) != len(s.loaded) || len(b) > 0 {
		return fmt.Errorf("%s for %s, and %s after them",
			plural.Of(len(filled), "storage"), plural.Of(len(s.loaded), "key"), plural.Of(len(b), "byte"))
	}
	return nil
}
