using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace LimoCha.Actors.Notices;

/// <inheritdoc cref="INoticeGrain" />
[GrainType("notice"), CollectionAgeLimit(Minutes = 2)]
public sealed class NoticeGrain(IServiceProvider services) : DurableGrain<NoticeState, NoticeEvent>(NoticeKind.Instance, services), INoticeGrain
{
    private const int AtOnce = 64;
    private readonly IStaffReadModel staff = services.GetRequiredService<IStaffReadModel>();

    public Task<Outcome<NoticeView>> PublishAsync(PublishNotice command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => NoticeRules.Publish(state, command, context.By, Clock.GetUtcNow()), View);

    public Task<Outcome<NoticeView>> WithdrawAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => NoticeRules.Withdraw(state, context.By), View);

    public async Task<Outcome<NoticeView>> GetAsync(Actor by, CancellationToken cancellationToken = default)
    {
        await LookedAsync();
        return NoticeRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("notice");
    }

    public async Task<Card?> CardAsync(Actor person, CancellationToken cancellationToken = default)
    {
        await LookedAsync();
        return State.Open && NoticeRules.IsFor(State, person) ? NoticeProjection.Card(Id, State, Version) : null;
    }

    public Task OnDueAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(Itself, state => NoticeRules.Expire(state, Clock.GetUtcNow()));

    /// <summary>Everybody of the audience has the card, or has it no more. People who join later find it in the read model.</summary>
    protected override async Task TellAsync(NoticeState state, int version, IReadOnlyList<Committed<NoticeEvent>> facts)
    {
        var card = NoticeProjection.Card(Id, state, version);
        var gone = new CardRef { Id = Id, Version = version };
        foreach (var some in (await staff.AudienceAsync(state.Notice.Audience!)).Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(reader => Others.TellAsync(reader, user => state.Open ? user.DeliverAsync(card) : user.RemoveAsync(gone))));
        }
    }

    private NoticeView View(NoticeState state, int version) => NoticeProjection.View(NoticeProjection.Row(Id, state, version)) with { Audience = state.Notice.Audience! };
}
