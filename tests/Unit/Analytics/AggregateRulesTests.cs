using CsCheck;
using LimoCha.Actors.Analytics;

namespace LimoCha.Actors.Unit.Analytics;

/// <summary>D2, E9: what may be told of many tells nothing of one.</summary>
public sealed class AggregateRulesTests
{
    private static readonly Gen<string[]> People = Source("展会", "搜索", "朋友", "门店", "广告").Array[0, 120];

    [Fact]
    public void D2_small_groups_are_neither_counted_nor_named_and_the_total_is_of_what_is_told() =>
        People.Sample(people =>
        {
            var table = AggregateRules.Publish(Count(people));
            foreach (var cell in table.Cells.Where(cell => cell.Count is not null))
            {
                cell.Count.Should().BeGreaterThanOrEqualTo(AggregateRules.Threshold);
                (cell.Count % AggregateRules.Step).Should().Be(0);
                people.Count(person => person == cell.Group).Should().BeInRange(cell.Count!.Value, cell.Count.Value + AggregateRules.Step - 1);
            }

            foreach (var small in Count(people).Where(group => group.Value < AggregateRules.Threshold))
            {
                table.Cells.Should().NotContain(cell => cell.Group == small.Key, "the name of a small group may say who it is");
            }

            table.Total.Should().Be(table.Cells.Sum(cell => cell.Count ?? 0), "nothing can be found by subtracting");
        });

    [Fact]
    public void E9_inside_the_company_small_groups_are_one_and_nobody_is_missing() =>
        People.Sample(people =>
        {
            var cells = AggregateRules.Inside([.. Count(people)]);
            foreach (var cell in cells.Where(cell => cell.Group != "*"))
            {
                cell.Count.Should().BeGreaterThanOrEqualTo(AggregateRules.Threshold).And.Be(people.Count(person => person == cell.Group));
            }

            cells.Sum(cell => cell.Count).Should().Be(people.Length);
            cells.Select(cell => cell.Group).Should().OnlyHaveUniqueItems();
        });

    /// <summary>Differencing: of two tables that differ by one person, no number differs by one.</summary>
    [Fact]
    public void D2_one_person_more_shows_in_no_difference_but_by_whole_steps() =>
        Gen.Select(People, Source("展会", "搜索", "新来源")).Sample((people, one) =>
        {
            var (before, after) = (AggregateRules.Publish(Count(people)), AggregateRules.Publish(Count([.. people, one])));
            int Of(AggregateTable table, string group) => table.Cells.FirstOrDefault(cell => cell.Group == group)?.Count ?? 0;
            foreach (var group in people.Append(one).Distinct())
            {
                var difference = Of(after, group) - Of(before, group);
                (difference == 0 || difference == AggregateRules.Step || difference == AggregateRules.Threshold).Should().BeTrue("{0} differs by {1}", group, difference);
            }

            ((after.Total - before.Total) % AggregateRules.Step).Should().Be(0);
        });

    [Theory]
    [InlineData("2012-03-03", "<14")]
    [InlineData("2012-03-02", "14-17")]
    [InlineData("2000-01-01", "25-34")]
    [InlineData("1950-01-01", "65+")]
    [InlineData("2030-01-01", null)]
    [InlineData(null, null)]
    public void E9_an_age_is_a_band(string? born, string? band) =>
        CustomerFacts.AgeBand(born is null ? null : DateOnly.Parse(born, System.Globalization.CultureInfo.InvariantCulture), new(2026, 3, 2)).Should().Be(band);

    private static Gen<string> Source(params string[] names) => Gen.Int[0, names.Length - 1].Select(i => names[i]);

    private static IEnumerable<KeyValuePair<string, int>> Count(string[] people) => people.CountBy(person => person);
}
