// Package tsgo lets the compiler use the parser and binder of typescript-go,
// which keeps them in internal packages: this module's path lies under that
// module's, so Go allows the import. It re-exports the few things cli/transform
// needs and nothing more. All positions are byte offsets into the source.
package tsgo

import (
	"strings"

	"github.com/microsoft/typescript-go/internal/ast"
	"github.com/microsoft/typescript-go/internal/binder"
	"github.com/microsoft/typescript-go/internal/core"
	"github.com/microsoft/typescript-go/internal/parser"
	"github.com/microsoft/typescript-go/internal/scanner"
	"github.com/microsoft/typescript-go/internal/tspath"
)

// Node of the syntax tree. Pos includes leading trivia; see Start.
type Node = ast.Node

// SourceFile is a parsed file.
type SourceFile = ast.SourceFile

// Kind of a Node.
type Kind = ast.Kind

// The kinds that the compiler tells apart.
const (
	KindArrayLiteral           = ast.KindArrayLiteralExpression
	KindArrowFunction          = ast.KindArrowFunction
	KindAsExpression           = ast.KindAsExpression
	KindAwaitExpression        = ast.KindAwaitExpression
	KindBinary                 = ast.KindBinaryExpression
	KindBindingElement         = ast.KindBindingElement
	KindCallExpression         = ast.KindCallExpression
	KindClassDeclaration       = ast.KindClassDeclaration
	KindEnumDeclaration        = ast.KindEnumDeclaration
	KindExportAssignment       = ast.KindExportAssignment
	KindExportDeclaration      = ast.KindExportDeclaration
	KindExportSpecifier        = ast.KindExportSpecifier
	KindExpressionStatement    = ast.KindExpressionStatement
	KindExpressionWithTypeArgs = ast.KindExpressionWithTypeArguments
	KindFalse                  = ast.KindFalseKeyword
	KindFunctionDeclaration    = ast.KindFunctionDeclaration
	KindFunctionExpression     = ast.KindFunctionExpression
	KindIdentifier             = ast.KindIdentifier
	KindImportDeclaration      = ast.KindImportDeclaration
	KindImportEquals           = ast.KindImportEqualsDeclaration
	KindImportKeyword          = ast.KindImportKeyword
	KindImportSpecifier        = ast.KindImportSpecifier
	KindInterfaceDeclaration   = ast.KindInterfaceDeclaration
	KindJsxAttribute           = ast.KindJsxAttribute
	KindJsxElement             = ast.KindJsxElement
	KindJsxExpression          = ast.KindJsxExpression
	KindJsxFragment            = ast.KindJsxFragment
	KindJsxOpening             = ast.KindJsxOpeningElement
	KindJsxSelfClosing         = ast.KindJsxSelfClosingElement
	KindMinus                  = ast.KindMinusToken
	KindModuleDeclaration      = ast.KindModuleDeclaration
	KindNamedExports           = ast.KindNamedExports
	KindNamedImports           = ast.KindNamedImports
	KindNamespaceExport        = ast.KindNamespaceExport
	KindNamespaceImport        = ast.KindNamespaceImport
	KindNewExpression          = ast.KindNewExpression
	KindNull                   = ast.KindNullKeyword
	KindNumericLiteral         = ast.KindNumericLiteral
	KindObjectLiteral          = ast.KindObjectLiteralExpression
	KindParenthesized          = ast.KindParenthesizedExpression
	KindPlus                   = ast.KindPlusToken
	KindPrefixUnary            = ast.KindPrefixUnaryExpression
	KindPropertyAccess         = ast.KindPropertyAccessExpression
	KindPropertyAssignment     = ast.KindPropertyAssignment
	KindSatisfies              = ast.KindSatisfiesExpression
	KindShorthandProperty      = ast.KindShorthandPropertyAssignment
	KindSourceFile             = ast.KindSourceFile
	KindSpreadAssignment       = ast.KindSpreadAssignment
	KindStringLiteral          = ast.KindStringLiteral
	KindTemplate               = ast.KindNoSubstitutionTemplateLiteral
	KindTrue                   = ast.KindTrueKeyword
	KindTypeAlias              = ast.KindTypeAliasDeclaration
	KindTypeOf                 = ast.KindTypeOfExpression
	KindVariableDeclaration    = ast.KindVariableDeclaration
	KindVariableStatement      = ast.KindVariableStatement
	KindComputedPropertyName   = ast.KindComputedPropertyName
	KindMethodDeclaration      = ast.KindMethodDeclaration
	KindPropertyDeclaration    = ast.KindPropertyDeclaration
	KindGetAccessor            = ast.KindGetAccessor
	KindSetAccessor            = ast.KindSetAccessor
	KindLabeledStatement       = ast.KindLabeledStatement
	KindBreakStatement         = ast.KindBreakStatement
	KindContinueStatement      = ast.KindContinueStatement
	KindJsxNamespacedName      = ast.KindJsxNamespacedName
	KindJsxSpreadAttribute     = ast.KindJsxSpreadAttribute
	KindJsxText                = ast.KindJsxText
	KindMetaProperty           = ast.KindMetaProperty
	KindTaggedTemplate         = ast.KindTaggedTemplateExpression
	KindTemplateExpression     = ast.KindTemplateExpression
	KindEnumMember             = ast.KindEnumMember
	KindBlock                  = ast.KindBlock
	KindModuleBlock            = ast.KindModuleBlock
	KindParameter              = ast.KindParameter
	KindCaseClause             = ast.KindCaseClause
	KindDefaultClause          = ast.KindDefaultClause
	KindElementAccess          = ast.KindElementAccessExpression
	KindRegularExpression      = ast.KindRegularExpressionLiteral
	KindTemplateHead           = ast.KindTemplateHead
	KindTemplateMiddle         = ast.KindTemplateMiddle
	KindTemplateTail           = ast.KindTemplateTail
)

// Parse reads one file. The name's ending chooses the language, JavaScript
// always with JSX. ok is false when the text has syntax errors.
func Parse(name, text string) (file *SourceFile, ok bool) {
	kind := core.ScriptKindJSX
	switch {
	case strings.HasSuffix(name, ".tsx"):
		kind = core.ScriptKindTSX
	case strings.HasSuffix(name, ".ts"), strings.HasSuffix(name, ".mts"), strings.HasSuffix(name, ".cts"):
		kind = core.ScriptKindTS
	}
	// The parser wants an absolute path; it never touches the disk.
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	file = parser.ParseSourceFile(ast.SourceFileParseOptions{
		FileName: name,
		Path:     tspath.Path(name),
	}, text, kind)
	return file, len(file.Diagnostics()) == 0
}

// Bind fills in the scopes that TopLevel reads.
func Bind(file *SourceFile) { binder.BindSourceFile(file) }

// TopLevel reports whether the identifier names something declared at the top
// level of file, and not something that shadows it. The file must be bound.
func TopLevel(file *SourceFile, id *Node) bool {
	name := id.Text()
	for n := id.Parent; n != nil; n = n.Parent {
		if n.Kind == ast.KindSourceFile {
			return file.Locals[name] != nil
		}
		if n.Locals()[name] != nil {
			return false
		}
		switch n.Kind {
		case ast.KindFunctionExpression, ast.KindClassExpression:
			if own := n.Name(); own != nil && own.Kind == ast.KindIdentifier && own.Text() == name {
				return false
			}
		}
	}
	return false
}

// Start is where the node's first token begins, after comments and space.
func Start(file *SourceFile, n *Node) int {
	return scanner.SkipTrivia(file.Text(), n.Pos())
}

// SkipTrivia moves past space and comments from pos.
func SkipTrivia(text string, pos int) int { return scanner.SkipTrivia(text, pos) }

// IsType reports whether n is syntax that compiling erases.
func IsType(n *Node) bool {
	return n.Kind != ast.KindExpressionWithTypeArguments && ast.IsTypeNodeKind(n.Kind) ||
		n.Kind == ast.KindInterfaceDeclaration || n.Kind == ast.KindTypeAliasDeclaration || n.Kind == ast.KindTypeParameter
}

// Unwrap takes parentheses, `as`, `satisfies` and `!` off an expression.
func Unwrap(n *Node) *Node {
	for {
		switch n.Kind {
		case ast.KindParenthesizedExpression, ast.KindAsExpression, ast.KindSatisfiesExpression, ast.KindNonNullExpression, ast.KindTypeAssertionExpression:
			n = n.Expression()
		default:
			return n
		}
	}
}

// Unparen takes parentheses off an expression.
func Unparen(n *Node) *Node {
	for n.Kind == ast.KindParenthesizedExpression {
		n = n.Expression()
	}
	return n
}

// IsFunction reports whether n has a body of code with scopes of its own: functions,
// methods, constructors, accessors and static blocks of classes.
func IsFunction(n *Node) bool { return ast.IsFunctionLikeOrClassStaticBlockDeclaration(n) }

// Body of a function in the sense of IsFunction: a block, the expression of an arrow
// function, or nil.
func Body(n *Node) *Node {
	if n.Kind == ast.KindClassStaticBlockDeclaration {
		return n.AsClassStaticBlockDeclaration().Body
	}
	return n.Body()
}

// IsAssignment reports whether n is `a = b` or one of its kin, as `a ||= b`.
func IsAssignment(n *Node) bool { return ast.IsAssignmentExpression(n, false) }

// IsOptionalChain reports whether n is part of a chain behind `?.`.
func IsOptionalChain(n *Node) bool { return n.Flags&ast.NodeFlagsOptionalChain != 0 }

// IsExported reports the modifier `export`.
func IsExported(n *Node) bool { return n.ModifierFlags()&ast.ModifierFlagsExport != 0 }

// IsDefault reports the modifier `default`.
func IsDefault(n *Node) bool { return n.ModifierFlags()&ast.ModifierFlagsDefault != 0 }

// IsAmbient reports the modifier `declare`.
func IsAmbient(n *Node) bool { return n.ModifierFlags()&ast.ModifierFlagsAmbient != 0 }
