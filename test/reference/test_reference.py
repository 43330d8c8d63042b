"""Rules of the reference trainer that a training run would not notice when broken: `python -m unittest test_reference`."""
from __future__ import annotations

import unittest

import numpy as np
import torch

from data import cut_patches, find_episodes, patch_order
from encoder_phase import EncoderOptions, to_pixels
from latent_phases import LatentData, sample_goals
from nets import CriticCost, FrameEncoder, PatchEncoder, sigreg
from train import describe_training


class FixedCritic(torch.nn.Module):
    def forward(self, latent, goal):
        return latent[:, :1].expand(-1, 2)


class ReferenceTest(unittest.TestCase):
    def test_four_patches_in_merge_order_are_a_square(self):
        order = patch_order(8, 8).reshape(16, 4)
        for group in order:
            rows, columns = group // 8, group % 8
            self.assertEqual((np.ptp(rows), np.ptp(columns)), (1, 1))
        coarse = patch_order(8, 8).reshape(4, 16)
        for group in coarse:
            self.assertEqual((np.ptp(group // 8), np.ptp(group % 8)), (3, 3))
        self.assertEqual(sorted(patch_order(8, 8)), list(range(64)))

    def test_the_exported_encoder_sees_the_patches_that_training_saw(self):
        torch.manual_seed(0)
        frames = np.random.default_rng(0).integers(0, 256, (5, 2, 64, 64, 3), dtype=np.uint8)
        encoder = PatchEncoder(64, 384).eval()
        shipped = FrameEncoder(encoder, (2, 64, 64), torch.zeros(3), torch.ones(3)).eval()
        with torch.inference_mode():
            trained = encoder(to_pixels(cut_patches(frames), None, torch.float32))
            latent = shipped(torch.from_numpy(frames), torch.full((5, 3), 0.5))
        self.assertLess((latent[:, :64] - trained).abs().max().item(), 1e-4)
        self.assertTrue((latent[:, 64:] == 0.5).all())

    def test_light_varies_by_at_most_its_bound_and_alike_over_one_picture(self):
        patches = np.full((200, 64, 384), 100, np.uint8)
        options = EncoderOptions(light=0.1, colour=0.0)
        torch.manual_seed(0)
        ratio = (to_pixels(patches, options, torch.float32) * 60 + 110) / 100
        self.assertGreaterEqual(ratio.min().item(), 0.8999)
        self.assertLessEqual(ratio.max().item(), 1.1001)
        self.assertLess((ratio - ratio[:, :1, :1]).abs().max().item(), 1e-5)
        self.assertGreater(ratio[:, 0, 0].std().item(), 0.03)

    def test_critic_cost_is_the_number_of_decisions_of_the_value(self):
        cost = CriticCost(FixedCritic(), 0.97)
        decisions = torch.tensor([1.0, 5.0, 20.0, 60.0])
        value = -(1 - 0.97**decisions) / 0.03
        got = cost(value.unsqueeze(1), value.unsqueeze(1))[:, 0]
        self.assertLess((got - decisions).abs().max().item(), 1e-2)

    def test_critic_cost_falls_strictly_with_the_value_and_is_never_negative(self):
        value = torch.linspace(-40, 0.8, 2001).unsqueeze(1)
        cost = CriticCost(FixedCritic(), 0.97)(value, value)[:, 0]
        self.assertTrue((cost[1:] < cost[:-1]).all())
        self.assertGreaterEqual(cost.min().item(), 0)
        self.assertTrue(torch.isfinite(cost).all())

    def test_an_episode_ends_where_its_number_changes_or_a_step_is_missing(self):
        episodes = find_episodes(np.array([0, 0, 0, 1, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 5, 6]), 0)
        self.assertEqual(episodes.last.tolist(), [2, 2, 2, 4, 4, 6, 6])
        self.assertEqual(episodes.first.tolist(), [0, 0, 0, 3, 3, 5, 5])

    def test_windows_never_cross_an_episode_or_a_split(self):
        episode = np.repeat(np.arange(20), 7)
        episodes = find_episodes(episode, np.tile(np.arange(7), 20), 3)
        for held_out in (False, True):
            for row in episodes.windows(4, held_out).tolist():
                self.assertEqual(episode[row], episode[row + 4])
                self.assertEqual(bool(episodes.held_out[row]), held_out)

    def test_goals_lie_in_the_future_of_the_episode_or_in_the_pool(self):
        episodes = find_episodes(np.repeat(np.arange(20), 7), np.tile(np.arange(7), 20), 0)
        nothing = torch.zeros(140, 3)
        data = LatentData(nothing, 0, nothing, episodes, nothing, nothing)
        rows = episodes.windows(1, held_out=False)
        goals = sample_goals(data, rows, rows, 1.0, 0.0)
        self.assertTrue(((goals > rows) & (goals <= episodes.last[rows])).all())
        self.assertTrue((sample_goals(data, rows, rows, 0.0, 0.0) == rows).all())
        self.assertFalse(episodes.held_out[sample_goals(data, rows, rows, 0.0, 1.0)].any())

    def test_the_regulariser_is_small_for_a_normal_cloud_and_large_for_a_collapsed_one(self):
        torch.manual_seed(0)
        self.assertLess(sigreg(torch.randn(4096, 16), torch.randn(16, 64), 1.0).item(), 0.001)
        self.assertGreater(sigreg(torch.zeros(4096, 16), torch.randn(16, 64), 1.0).item(), 0.1)

    def test_the_training_block_counts_all_phases(self):
        play = type("Play", (), {"data_hash": "ab", "frames": 3})()
        block = describe_training(play, 1, {"encoder": {"seconds": 60, "steps": 2, "frames": 9}, "probe": {"seconds": 30, "steps": 1}}, "x")
        self.assertEqual((block["minutes"], block["framesSeen"], block["frames"]), (1.5, 9, 3))


if __name__ == "__main__":
    unittest.main()
