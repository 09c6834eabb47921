using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Unit.Kernel;

public sealed class QuickCheckTests
{
    private static readonly object?[] Candidates = [null, "", "x", new string('x', 41), new string('x', 5_000), 0, -1, int.MaxValue, (TaskPriority)77];

    [Fact]
    public void What_meets_its_rules_passes()
    {
        QuickCheck.Passes(new CreateTask { Title = "拜访客户", Description = "x", Checklist = ["a", "b"], DependsOn = [Guid.NewGuid()] }).Should().BeTrue();
        QuickCheck.Passes(new Positional("x")).Should().BeTrue();
        QuickCheck.Passes(new Outer { Inner = new() { Text = "x" }, Many = [new() { Text = "y" }], Named = new() { ["a"] = new() { Text = "z" } } }).Should().BeTrue();
        QuickCheck.Passes(null).Should().BeTrue();
    }

    [Fact]
    public void What_breaks_a_rule_at_any_depth_does_not()
    {
        QuickCheck.Passes(new CreateTask { Title = "" }).Should().BeFalse();
        QuickCheck.Passes(new CreateTask { Title = new string('x', 201) }).Should().BeFalse();
        QuickCheck.Passes(new CreateTask { Title = "x", Priority = (TaskPriority)77 }).Should().BeFalse();
        QuickCheck.Passes(new Positional("")).Should().BeFalse();
        QuickCheck.Passes(new Outer { Inner = new() }).Should().BeFalse();
        QuickCheck.Passes(new Outer { Many = [new() { Text = "y" }, new()] }).Should().BeFalse();
        QuickCheck.Passes(new Outer { Named = new() { ["a"] = new() } }).Should().BeFalse();
        QuickCheck.Passes(new Outer { Any = new Inner() }).Should().BeFalse();
    }

    [Fact]
    public void What_asks_for_more_than_a_value_is_left_to_the_library()
    {
        QuickCheck.Passes(new ByItself()).Should().BeFalse();
        QuickCheck.Passes(new OfTheWhole()).Should().BeFalse();
        QuickCheck.Passes(new InContext { Text = "x" }).Should().BeFalse();
        var circle = new Circle();
        circle.Next = circle;
        QuickCheck.Passes(circle).Should().BeFalse("it goes on for ever");
    }

    /// <summary>Every contract with rules, each property in turn set to what is often wrong.</summary>
    [Fact]
    public void Nothing_passes_that_the_framework_refuses()
    {
        var (types, refused) = (0, 0);
        foreach (var type in typeof(CreateTask).Assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && type.GetConstructor([]) is not null))
        {
            var rules = type.GetProperties().Where(property => property.CanWrite && property.IsDefined(typeof(ValidationAttribute), inherit: true)).ToList();
            types += rules.Count > 0 ? 1 : 0;
            foreach (var property in rules)
            {
                var fitting = Candidates.Where(value => value is null
                    ? !property.PropertyType.IsValueType || Nullable.GetUnderlyingType(property.PropertyType) is not null
                    : (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == value.GetType());
                foreach (var value in fitting)
                {
                    var whole = Activator.CreateInstance(type)!;
                    property.SetValue(whole, value);
                    if (!Validator.TryValidateObject(whole, new(whole), null, validateAllProperties: true))
                    {
                        refused++;
                        QuickCheck.Passes(whole).Should().BeFalse($"{type.Name}.{property.Name} is {value ?? "null"}");
                    }
                }
            }
        }

        types.Should().BeGreaterThan(20);
        refused.Should().BeGreaterThan(100);
    }

    public sealed record Positional([Required, StringLength(3, MinimumLength = 1)] string Text);

    public sealed class Inner
    {
        [Required] public string? Text { get; init; }
    }

    public sealed class Outer
    {
        public Inner? Inner { get; init; }
        public IReadOnlyList<Inner>? Many { get; init; }
        public Dictionary<string, Inner>? Named { get; init; }
        public object? Any { get; init; }
    }

    public sealed class Circle
    {
        public Circle? Next { get; set; }
    }

    public sealed class ByItself : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => [];
    }

    [CustomValidation(typeof(OfTheWhole), nameof(Judge))]
    public sealed class OfTheWhole
    {
        public static ValidationResult? Judge(OfTheWhole _) => ValidationResult.Success;
    }

    public sealed class InContext
    {
        [Compare(nameof(Text))] public string? Text { get; init; }
    }
}
