namespace Wercker.Pipeline.Configuration;

/// <summary>Reads JSON with comments and trailing commas into nodes that know their place. Everything else that is not JSON is a fault with its reason.</summary>
internal sealed class JsonParser
{
    /// <summary>How deep lists and objects may be nested.</summary>
    public const int MaximumDepth = 64;

    private readonly SourceText _source;
    private readonly JsonLexer _lexer;
    private readonly JsonFaults _faults;
    private readonly DiagnosticList _warnings;
    private readonly List<int> _trailingCommas = [];
    private readonly Stack<JsonToken> _open = new();
    private JsonToken _token;
    private int _previousEnd;

    private JsonParser(SourceText source, DiagnosticList warnings)
    {
        _source = source;
        _warnings = warnings;
        _lexer = new JsonLexer(source);
        _faults = new JsonFaults(source);
        _token = _lexer.Next();
    }

    public static ConfigNode Parse(SourceText source, DiagnosticList warnings)
    {
        var parser = new JsonParser(source, warnings);
        return parser.ParseFile();
    }

    private ConfigNode ParseFile()
    {
        if (_token.Kind == JsonTokenKind.End)
        {
            throw _faults.Empty(_lexer.Comments.Count > 0);
        }

        var root = ParseValue(null);
        if (_token.Kind != JsonTokenKind.End)
        {
            throw _faults.AfterTheEnd(_token);
        }

        _warnings.AddOnce(_lexer.Comments, "comments are not JSON and were accepted; other readers of this file may refuse them");
        _warnings.AddOnce(_trailingCommas, "a ',' after the last element is not JSON and was accepted; delete it");
        return root;
    }

    private void Advance()
    {
        _previousEnd = _token.End;
        _token = _lexer.Next();
    }

    private ConfigNode ParseValue(string? key)
    {
        var token = _token;
        switch (token.Kind)
        {
            case JsonTokenKind.ObjectStart:
                return ParseObject();
            case JsonTokenKind.ArrayStart:
                return ParseArray();
            case JsonTokenKind.String:
                return Scalar(ConfigNodeKind.String);
            case JsonTokenKind.Number:
                return Scalar(ConfigNodeKind.Number);
            case JsonTokenKind.True or JsonTokenKind.False:
                return Scalar(ConfigNodeKind.Boolean);
            case JsonTokenKind.Null:
                return Scalar(ConfigNodeKind.Null);
            case JsonTokenKind.End:
                throw _faults.Truncated(_open, _previousEnd);
            default:
                throw _faults.NoValue(token, key, _previousEnd, _open);
        }
    }

    private ConfigNode Scalar(ConfigNodeKind kind)
    {
        var node = new ConfigNode { Kind = kind, Offset = _token.Start, Text = _token.Text };
        Advance();
        return node;
    }

    private void Open()
    {
        if (_open.Count == MaximumDepth)
        {
            throw _source.Fault(_token.Start, $"nested deeper than {MaximumDepth} levels", "Flatten it: wercker.json needs five levels at most.");
        }

        _open.Push(_token);
        Advance();
    }

    private ConfigNode ParseArray()
    {
        var start = _token.Start;
        var items = new List<ConfigNode>();
        Open();
        while (_token.Kind != JsonTokenKind.ArrayEnd)
        {
            var item = ParseValue(null);
            items.Add(item);
            if (_token.Kind == JsonTokenKind.Comma)
            {
                SkipComma(JsonTokenKind.ArrayEnd);
            }
            else if (_token.Kind != JsonTokenKind.ArrayEnd)
            {
                throw _faults.NoCommaInArray(_token, item, items.Count, _previousEnd, _open);
            }
        }

        Close();
        return new ConfigNode { Kind = ConfigNodeKind.Array, Offset = start, Items = items };
    }

    private ConfigNode ParseObject()
    {
        var start = _token.Start;
        var members = new OrderedDictionary<string, ConfigMember>(StringComparer.Ordinal);
        Open();
        while (_token.Kind != JsonTokenKind.ObjectEnd)
        {
            var member = ParseMember();
            if (members.TryGetValue(member.Key, out var earlier))
            {
                _warnings.Add(
                    member.KeyOffset,
                    null,
                    $"the key {DisplayText.Quote(member.Key)} stands here again (first in line {_source.LineOf(earlier.KeyOffset)}); this last one counts");
            }

            members[member.Key] = member;
            if (_token.Kind == JsonTokenKind.Comma)
            {
                SkipComma(JsonTokenKind.ObjectEnd);
            }
            else if (_token.Kind != JsonTokenKind.ObjectEnd)
            {
                throw _faults.NoCommaInObject(_token, member, _previousEnd, _open);
            }
        }

        Close();
        return new ConfigNode { Kind = ConfigNodeKind.Object, Offset = start, Members = [.. members.Values] };
    }

    private ConfigMember ParseMember()
    {
        var key = _token;
        if (key.Kind == JsonTokenKind.End)
        {
            throw _faults.Truncated(_open, _previousEnd);
        }

        if (key.Kind != JsonTokenKind.String)
        {
            throw _faults.NoKey(key, _previousEnd, _open);
        }

        Advance();
        if (_token.Kind != JsonTokenKind.Colon)
        {
            throw _faults.NoColon(_token, key, _open);
        }

        Advance();
        return new ConfigMember(key.Text, key.Start, ParseValue(key.Text));
    }

    private void SkipComma(JsonTokenKind end)
    {
        var comma = _token.Start;
        Advance();
        if (_token.Kind == end)
        {
            _trailingCommas.Add(comma);
        }
    }

    private void Close()
    {
        _open.Pop();
        Advance();
    }
}
