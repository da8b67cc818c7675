package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// An edit replaces the source from a position up to another by a text.
type edit struct {
	from, to token.Pos
	text     string
}

// swapped holds the operators that replace each operator.
var swapped = map[token.Token][]string{
	token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"/"}, token.QUO: {"*"},
	token.LSS: {"<="}, token.LEQ: {"<"}, token.GTR: {">="}, token.GEQ: {">"}, token.EQL: {"!="}, token.NEQ: {"=="},
	token.ADD_ASSIGN: {"=", "-="}, token.SUB_ASSIGN: {"=", "+="}, token.MUL_ASSIGN: {"=", "/="}, token.QUO_ASSIGN: {"=", "*="},
}

// edits returns the changes of one node of the syntax tree, without those of the nodes in it. Some
// changes do not compile: the compiler finds out.
func edits(n ast.Node) []edit {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return append(swap(n.Op, n.OpPos), dropOperand(n)...)
	case *ast.AssignStmt:
		return swap(n.Tok, n.TokPos)
	case *ast.UnaryExpr:
		if n.Op == token.SUB || n.Op == token.NOT {
			return []edit{{n.Pos(), n.X.Pos(), ""}}
		}
	case *ast.BasicLit:
		return otherConstant(n)
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			return []edit{{n.Pos(), n.End(), strconv.FormatBool(n.Name == "false")}}
		}
	case *ast.CallExpr: // store for add
		var all []edit
		for _, arg := range n.Args {
			if id, ok := arg.(*ast.Ident); ok && id.Name == "add" {
				all = append(all, edit{id.Pos(), id.Pos(), "!"})
			}
		}
		return all
	case *ast.ForStmt:
		if cond, ok := n.Cond.(*ast.BinaryExpr); ok && (cond.Op == token.LSS || cond.Op == token.LEQ) {
			return []edit{{cond.End(), cond.End(), "-1"}}
		}
	case *ast.RangeStmt:
		if n.Value == nil {
			return []edit{{n.X.End(), n.X.End(), "-1"}}
		}
	case *ast.SliceExpr:
		if n.High != nil {
			return []edit{{n.High.End(), n.High.End(), "-1"}}
		}
	case *ast.IfStmt:
		return otherCondition(n.Cond)
	case *ast.SwitchStmt:
		if n.Tag == nil {
			var all []edit
			for _, c := range n.Body.List {
				for _, cond := range c.(*ast.CaseClause).List {
					all = append(all, otherCondition(cond)...)
				}
			}
			return all
		}
	case *ast.BlockStmt:
		return dropStatements(n.List)
	case *ast.CaseClause:
		return dropStatements(n.Body)
	}
	return nil
}

func swap(op token.Token, at token.Pos) (all []edit) {
	for _, other := range swapped[op] {
		all = append(all, edit{at, at + token.Pos(len(op.String())), other})
	}
	return all
}

// dropOperand leaves out one term, or one condition.
func dropOperand(n *ast.BinaryExpr) []edit {
	left, right := edit{n.Pos(), n.Y.Pos(), ""}, edit{n.X.End(), n.End(), ""}
	switch n.Op {
	case token.SUB:
		left.to = n.OpPos // a − b → −b
		return []edit{left, right}
	case token.ADD, token.LAND, token.LOR:
		return []edit{left, right}
	}
	return nil
}

// otherConstant replaces n by n+1, 0.0 by 1.0, and any other x by x·1.001.
func otherConstant(n *ast.BasicLit) []edit {
	switch i, err := strconv.ParseInt(n.Value, 0, 64); {
	case err == nil:
		return []edit{{n.Pos(), n.End(), strconv.FormatInt(i+1, 10)}}
	case n.Value == "0.0":
		return []edit{{n.Pos(), n.End(), "1.0"}}
	case n.Kind == token.FLOAT:
		return []edit{{n.Pos(), n.End(), "(1.001*" + n.Value + ")"}}
	}
	return nil
}

// otherCondition replaces a condition by one that never holds, and by its opposite unless swapping or
// dropping an operator gives that.
func otherCondition(cond ast.Expr) []edit {
	never := edit{cond.Pos(), cond.End(), "false"}
	switch n := cond.(type) {
	case *ast.UnaryExpr: // !x
		return []edit{never}
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			return []edit{never}
		}
	}
	return []edit{never, {cond.Pos(), cond.End(), "!(…)"}}
}

// dropStatements leaves out one of the statements that do something.
func dropStatements(list []ast.Stmt) (all []edit) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.BranchStmt:
		case *ast.ReturnStmt:
			if s.Results != nil { // what follows would have to return something
				continue
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		default:
			continue
		}
		all = append(all, edit{s.Pos(), s.End(), ""})
	}
	return all
}
