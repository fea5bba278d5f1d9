package spec

// comprehension reads a list such as [10 * i for i in (1, 2)], if one is ahead and its values are known. Otherwise it
// leaves p where it is.
func (p *parser) comprehension() (v Value, ok bool) {
	start, depth := p.i, p.depth
	v = Value{Kind: List, Col: p.col()}
	name, values, each := p.loop()
	if each == 0 {
		p.i, p.depth = start, depth
		return v, false
	}
	end, outer := p.i, p.names[name]
	if p.names == nil {
		p.names = map[string]*statement{}
	}
	for _, item := range values {
		p.names[name] = &statement{value: item, size: 1}
		p.i, p.depth = start+1, depth+1
		element, err := p.sum()
		p.peek()
		if p.size++; err != nil || p.i != each || p.size > maxSize {
			ok = false
			break
		}
		v.Items, ok = append(v.Items, element), true
	}
	p.names[name] = outer
	if outer == nil {
		delete(p.names, name)
	}
	p.i, p.depth = end, depth
	if ok = ok || len(values) == 0; !ok {
		p.i = start
	}
	return v, ok
}

// loop reads from a bracket on up to the one that closes it, and returns the name and the values of the loop in it, and
// where its for is. That is 0 if there is none or its values are not known.
func (p *parser) loop() (name string, values []Value, each int) {
	p.i++
	p.depth++
	open := 0
	for ; p.i < len(p.s) && open >= 0 && each == 0; p.i++ {
		switch c := p.s[p.i]; c {
		case '[', '(', '{':
			open++
		case ']', ')', '}':
			open--
		case '\'', '"', '#':
			return "", nil, 0
		case 'f':
			at := p.i
			if open == 0 && !isLetter(p.s[at-1]) && p.word() == "for" {
				each = at
			}
			p.i = max(at, p.i-1)
		}
	}
	if each == 0 {
		return "", nil, 0
	}
	name = p.word()
	if name == "" || p.word() != "in" {
		return "", nil, 0
	}
	list, err := p.sum()
	if err != nil || list.Kind != List && list.Kind != Tuple || p.peek() != ']' {
		return "", nil, 0
	}
	p.i++
	return name, list.Items, each
}
