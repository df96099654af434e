using System.CommandLine;
using System.CommandLine.Parsing;
using ClosedLoop.Core;

namespace ClosedLoop.CommandLine;

/// <summary>Says in one sentence what is wrong with a command line, and what was probably meant.</summary>
public static class UsageErrors
{
    /// <summary>The first error of a command line that could not be understood.</summary>
    public static string Explain(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        var command = parsed.CommandResult.Command;
        var isRoot = command is RootCommand;
        var help = isRoot ? "'closedloop --help' lists them" : $"see 'closedloop {command.Name} --help'";

        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var options = command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name));
            if (unknown.StartsWith('-'))
                return isRoot
                    ? $"there is no option '{unknown}'{Spelling.Suggest(unknown, options)}; {help}"
                    : $"'{command.Name}' has no option '{unknown}'{Spelling.Suggest(unknown, options)}; {help}";
            if (command.Subcommands.Count > 0)
                return $"there is no verb '{unknown}'{Spelling.Suggest(unknown, command.Subcommands.Select(verb => verb.Name))}; {help}";
            return $"'{command.Name}' does not take the extra argument '{unknown}'; {help}";
        }

        var error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            OptionResult { IdentifierToken: null } option when option.Option.Required =>
                $"'{command.Name}' needs the option '{option.Option.Name}'; {help}",
            OptionResult { Tokens: [] } option when option.Option.Arity.MinimumNumberOfValues > 0 =>
                $"'{option.Option.Name}' needs {Kind(option.Option.ValueType)} after it; {help}",
            OptionResult { Tokens: [var token, ..] } option when IsConversion(error) =>
                $"'{option.Option.Name}' needs {Kind(option.Option.ValueType)}, and '{token.Value}' is not; {help}",
            ArgumentResult { Tokens: [var token, ..] } argument when IsConversion(error) =>
                $"{argument.Argument.Name} must be {Kind(argument.Argument.ValueType)}, and '{token.Value}' is not; {help}",
            ArgumentResult { Tokens: [] } argument =>
                $"'{command.Name}' needs {argument.Argument.HelpName ?? argument.Argument.Name}; {help}",
            CommandResult { Tokens: [] } when isRoot => $"no verb was given; {help}",
            _ => $"{error.Message.TrimEnd('.')}; {help}",
        };
    }

    // NB: the library tells a failed conversion from a validator's own sentence only by its text.
    private static bool IsConversion(ParseError error) => error.Message.StartsWith("Cannot parse argument", StringComparison.Ordinal);

    private static string Kind(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return "one of " + string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()));
        if (type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(ulong))
            return "a whole number";
        if (type == typeof(double) || type == typeof(float))
            return "a number";
        return type == typeof(FileInfo) || type == typeof(DirectoryInfo) ? "a path" : "a value";
    }
}
