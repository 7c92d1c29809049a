using System.Reflection;
using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.PublicSurface;

public class PublicTypeTests
{
    private const int BudgetOfTheCore = 97;

    private static IEnumerable<Type> PublicTypes => Checkout.SourceProjects
        .Where(project => !project.IsTool)
        .SelectMany(project => Assembly.Load(project.AssemblyName).GetExportedTypes());

    [Test]
    public void PublicClasses_OfAllPackages_AreSealedStaticOrAbstract() => Assert.That(PublicTypes.SelectMany(PublicTypeRules.OpenClass), Is.Empty);

    [Test]
    public void PublicConstructors_OfAllPackages_AreNarrow() => Assert.That(PublicTypes.SelectMany(PublicTypeRules.WideConstructor), Is.Empty);

    [Test]
    public void PublicMethods_OfAllPackages_TakeTheTokenLast() => Assert.That(PublicTypes.SelectMany(PublicTypeRules.TokenNotLast), Is.Empty);

    [Test]
    public void Core_PublicTypes_StayWithinTheBudget()
    {
        var types = typeof(IDeployStep).Assembly.GetExportedTypes();
        TestContext.Out.WriteLine($"The core has {types.Length} public types of {BudgetOfTheCore}.");
        Assert.That(types, Is.Not.Empty);
        Assert.That(PublicTypeRules.OverBudget(types, BudgetOfTheCore), Is.Empty);
    }

    [Test]
    public void Libraries_All_KeepTheirPublicSurface() => Assert.That(
        PublicTypeRules.SurfaceNotKept(
            [.. Checkout.SourceProjects.Where(project => !project.IsTool).Select(project => project.Folder)],
            [.. Checkout.Files(path => path.StartsWith("src/", StringComparison.Ordinal) && Path.GetFileName(path).StartsWith("PublicAPI.", StringComparison.Ordinal))]),
        Is.Empty);

    [Test]
    public void SurfaceNotKept_OneLibraryWithoutFiles_IsNamed() => Assert.That(
        PublicTypeRules.SurfaceNotKept(["src/A", "src/B"], ["src/A/PublicAPI.Shipped.txt", "src/A/PublicAPI.Unshipped.txt", "src/B/PublicAPI.Shipped.txt"]),
        Is.EqualTo(new[] { "src/B/PublicAPI.Unshipped.txt is missing: run eng/public-api.sh." }));

    [Test]
    public void OpenClass_NeitherSealedNorAbstract_IsNamed()
    {
        Assert.That(PublicTypeRules.OpenClass(typeof(Open)), Has.One.Contains(nameof(Open)));
        Assert.That(PublicTypeRules.OpenClass(typeof(Good)), Is.Empty);
    }

    [Test]
    public void WideConstructor_SevenParameters_IsNamed()
    {
        Assert.That(PublicTypeRules.WideConstructor(typeof(Open)), Has.One.Contains("7 parameters"));
        Assert.That(PublicTypeRules.WideConstructor(typeof(Good)), Is.Empty);
    }

    [Test]
    public void TokenNotLast_TokenInFront_IsNamed()
    {
        Assert.That(PublicTypeRules.TokenNotLast(typeof(Open)), Has.One.Contains(nameof(Open.RunAsync)));
        Assert.That(PublicTypeRules.TokenNotLast(typeof(Good)), Is.Empty);
    }

    [Test]
    public void OverBudget_OneTypeTooMany_ListsThem()
    {
        Assert.That(PublicTypeRules.OverBudget([typeof(Open), typeof(Good)], 1), Has.One.Contains("Good, Open"));
        Assert.That(PublicTypeRules.OverBudget([typeof(Open), typeof(Good)], 2), Is.Empty);
    }

    public class Open
    {
        public Open(int a, int b, int c, int d, int e, int f, int g) => Sum = a + b + c + d + e + f + g;

        public int Sum { get; }

#pragma warning disable CA1068 // The analyzer knows this rule too; here it is broken on purpose.
        public static Task RunAsync(CancellationToken cancellationToken, int times) => Task.Delay(times, cancellationToken);
#pragma warning restore CA1068
    }

    public sealed class Good(int a, int b, int c, int d, int e, int f)
    {
        public int Sum { get; } = a + b + c + d + e + f;

        public static Task RunAsync(int times, CancellationToken cancellationToken) => Task.Delay(times, cancellationToken);
    }
}
