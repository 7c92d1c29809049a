using System.Reflection;
using System.Runtime.CompilerServices;

namespace Wercker.Pipeline.HouseRules.Tests.PublicSurface;

/// <summary>What others see of a package.</summary>
internal static class PublicTypeRules
{
    private const int MaxConstructorParameters = 6;

    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>A class that is neither sealed, static nor abstract was left open because nobody decided.</summary>
    public static IEnumerable<string> OpenClass(Type type)
    {
        if (type.IsClass && !type.IsSealed && !type.IsAbstract)
        {
            yield return $"{type.FullName}: seal it, or make it abstract or static.";
        }
    }

    public static IEnumerable<string> WideConstructor(Type type) => type.GetConstructors()
        .Select(constructor => constructor.GetParameters().Length)
        .Where(count => count > MaxConstructorParameters && !typeof(Delegate).IsAssignableFrom(type))
        .Select(count => $"{type.FullName}: a constructor with {count} parameters; at most {MaxConstructorParameters}. Find the missing object.");

    public static IEnumerable<string> TokenNotLast(Type type)
    {
        var methods = type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared))
            .Where(method => IsVisible(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && method.Name != "BeginInvoke");
        foreach (var method in methods)
        {
            var at = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
            if (at >= 0 && !method.GetParameters()[at..].All(parameter => parameter.ParameterType == typeof(CancellationToken)))
            {
                yield return $"{type.FullName}.{method.Name}: the CancellationToken is parameter {at + 1} of {method.GetParameters().Length}; it comes last.";
            }
        }
    }

    public static IEnumerable<string> OverBudget(IReadOnlyCollection<Type> publicTypes, int budget)
    {
        if (publicTypes.Count > budget)
        {
            yield return $"{publicTypes.Count} public types; the budget is {budget}. Make internal what nobody outside needs: "
                + string.Join(", ", publicTypes.Select(type => type.Name).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Once one library keeps its public surface in a file, all do.</summary>
    public static IEnumerable<string> SurfaceNotKept(IReadOnlyCollection<string> libraries, IReadOnlyCollection<string> surfaceFiles) =>
        surfaceFiles.Count == 0
            ? []
            : from library in libraries
              from file in new[] { "PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt" }
              where !surfaceFiles.Contains($"{library}/{file}")
              select $"{library}/{file} is missing: run eng/public-api.sh.";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
