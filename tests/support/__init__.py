"""Builders that several tests share. Plain functions; they touch nothing but what they are given."""
