using CsCheck;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>
/// The delivery protocol, all of it that is state: the inbox of the user's actor, the gateway's fence and its memory of what
/// was not acknowledged, and a device, over a network that loses and a cluster that forgets and for moments has two
/// activations of one actor, beside a model that is a dictionary. Whatever happens: nothing is shown twice or out of
/// order, and once it is calm the device shows what is open.
/// </summary>
public sealed class DeliveryModelTests
{
    [Fact]
    public void Nothing_is_lost_shown_twice_or_out_of_order_whatever_happens()
    {
        var step = Gen.Select(Gen.Frequency((6, Gen.Int[0, 2]), (2, Gen.Int[3, 6]), (6, Gen.Int[7, 9]), (4, Gen.Int[10, 14])), Gen.Int[0, DeliveryWorld.Cards - 1]);
        step.Array[1, 120].Sample(steps =>
        {
            var world = new DeliveryWorld();
            foreach (var (what, card) in steps)
            {
                world.Do((DeliveryWorld.What)what, card);
            }

            world.Calm();
        }, iter: 40_000, print: steps => string.Join(' ', steps.Select(step => $"{(DeliveryWorld.What)step.Item1}:{step.Item2}")));
    }
}
